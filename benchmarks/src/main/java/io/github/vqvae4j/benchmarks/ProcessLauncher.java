package io.github.vqvae4j.benchmarks;

import com.google.gson.Gson;
import java.io.File;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/** Starts benchmark processes with the options of this JVM. */
final class ProcessLauncher {
  /** The class path of this JVM, which a configuration overrides by {@code CLASSPATH}. */
  static final String CLASS_PATH = System.getProperty("java.class.path");

  private static final String HEAP = "-Xmx2g";

  /** The time limit of a process, long enough for 10,000 training steps. */
  private static final int MAX_MINUTES = 60;

  /** The prefixes of environment variables that limit native threads or tune their waiting. */
  private static final List<String> THREAD_SETTINGS =
      List.of("OMP_", "GOMP_", "KMP_", "MKL_", "OPENBLAS_");

  private final File log;
  private final Path natives;

  /**
   * Creates a launcher.
   *
   * @param folder the folder for the processes' log and for extracted natives. These are separate
   *     for libtorch and this library, because both change links there.
   */
  ProcessLauncher(Path folder) {
    this.log = folder.resolve("log").toFile();
    this.natives = folder;
  }

  /**
   * Starts a process and waits for its first repetition.
   *
   * @param configuration the configuration
   * @param backend the backend to run
   * @param workload the workload
   * @param cache the folder for extracted natives
   * @return the process
   * @throws IOException if the process cannot be started or fails
   */
  ChildProcess child(Configuration configuration, Backend backend, Workload workload, Path cache)
      throws IOException {
    return new ChildProcess(start(configuration, backend, workload, cache));
  }

  /** Starts a process without waiting for its first repetition. See {@link #child}. */
  Process start(Configuration configuration, Backend backend, Workload workload, Path cache)
      throws IOException {
    List<String> arguments = new ArrayList<>(List.of(backend.name()));
    arguments.addAll(workload.arguments());
    return startJava(Child.class, arguments, configuration.environment(), cache);
  }

  /** Starts a process that keeps a core busy. See {@link BusyLoop}. */
  Process startBusyLoop() throws IOException {
    return startJava(BusyLoop.class, List.of(), Map.of(), natives);
  }

  /** Returns the losses of training steps. See {@link Losses}. */
  List<Double> losses(Backend backend, Path file, int steps) throws IOException {
    List<String> arguments = List.of(backend.name(), file.toString(), Integer.toString(steps));
    return values(Losses.class, arguments, Map.of(), natives(backend));
  }

  /** Runs a process and returns the JSON array of values that it prints last. */
  List<Double> values(
      Class<?> main, List<String> arguments, Map<String, String> environment, Path cache)
      throws IOException {
    Process process = startJava(main, arguments, environment, cache);
    return values(process, main.getSimpleName() + " " + arguments);
  }

  /**
   * Waits for a process and returns the JSON array of values that it printed last.
   *
   * @param name the name of the process in the message of the exception
   */
  List<Double> values(Process process, String name) throws IOException {
    return List.of(new Gson().fromJson(lastLine(process, name), Double[].class));
  }

  /** Waits for a process and returns the line that it printed last. */
  String lastLine(Process process, String name) throws IOException {
    byte[] bytes = process.getInputStream().readAllBytes();
    String output = new String(bytes, StandardCharsets.UTF_8).strip();
    if (waitFor(process) != 0 || output.isEmpty()) {
      throw new IOException(name + " failed. See " + log + ".\n" + output);
    }
    return output.substring(output.lastIndexOf('\n') + 1);
  }

  private Process startJava(
      Class<?> main, List<String> arguments, Map<String, String> environment, Path cache)
      throws IOException {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.add(HEAP);
    for (String option : ManagementFactory.getRuntimeMXBean().getInputArguments()) {
      if (option.startsWith("--")) {
        command.add(option);
      }
    }
    command.add("-Dorg.bytedeco.javacpp.cachedir=" + cache);
    command.add(main.getName());
    command.addAll(arguments);
    Map<String, String> variables = new HashMap<>(Map.of("CLASSPATH", CLASS_PATH));
    variables.putAll(environment);
    return start(command, variables);
  }

  /** Starts a command. Settings of native threads are not inherited from this process. */
  Process start(List<String> command, Map<String, String> environment) throws IOException {
    ProcessBuilder builder = new ProcessBuilder(command);
    Map<String, String> variables = builder.environment();
    variables.keySet().removeIf(name -> THREAD_SETTINGS.stream().anyMatch(name::startsWith));
    variables.putAll(environment);
    builder.redirectError(ProcessBuilder.Redirect.appendTo(log));
    Process process = builder.start();
    CompletableFuture.delayedExecutor(MAX_MINUTES, TimeUnit.MINUTES)
        .execute(process::destroyForcibly);
    return process;
  }

  /** Returns the shared folder for a backend's extracted natives. */
  Path natives(Backend backend) {
    return natives.resolve(backend.isLibtorch() ? "libtorch" : "vqvae4j");
  }

  /** Waits for a process to exit and returns its exit code. */
  static int waitFor(Process process) throws IOException {
    try {
      return process.waitFor();
    } catch (InterruptedException e) {
      process.destroy();
      Thread.currentThread().interrupt();
      throw new IOException("Interrupted while waiting for a process.", e);
    }
  }
}
