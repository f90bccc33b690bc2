package io.github.vqvae4j.benchmarks;

import com.google.gson.Gson;
import java.io.File;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/** Starts processes with the options of this JVM. */
final class Processes {
  /** That of this JVM; a contender's variable {@code CLASSPATH} takes its place. */
  static final String CLASS_PATH = System.getProperty("java.class.path");

  private static final String HEAP = "-Xmx2g";

  /** A process that hangs shall not hold up the rest; 10,000 training steps take a while. */
  private static final int MOST_MINUTES = 60;

  private final File log;
  private final Path natives;

  /**
   * Starts processes.
   *
   * @param folder where natives are extracted, apart for libtorch and for the rest since both
   *     change links there, and where the processes' log goes
   */
  Processes(Path folder) {
    this.log = folder.resolve("log").toFile();
    this.natives = folder;
  }

  /**
   * Starts to measure.
   *
   * @param contender who
   * @param side what it runs
   * @param setting what it computes
   * @param cache where its natives are extracted, if they are not there yet
   * @return the process, after its first repetition
   * @throws IOException if it cannot be started or fails
   */
  ChildProcess child(Contender contender, Side side, Setting setting, Path cache)
      throws IOException {
    List<String> arguments =
        List.of(
            side.name(),
            setting.task().name(),
            Integer.toString(setting.batch()),
            Integer.toString(setting.codebookSize()),
            Integer.toString(setting.imageSize()));
    return new ChildProcess(start(Child.class, arguments, contender.environment(), cache));
  }

  /** The losses of some training steps: see {@link Losses}. */
  List<Double> losses(Side side, Path file, int steps) throws IOException {
    List<String> arguments = List.of(side.name(), file.toString(), Integer.toString(steps));
    return figures(Losses.class, arguments, Map.of(), natives(side));
  }

  /** The JSON array of figures that a process prints at its end. */
  List<Double> figures(
      Class<?> main, List<String> arguments, Map<String, String> environment, Path cache)
      throws IOException {
    Process process = start(main, arguments, environment, cache);
    byte[] bytes = process.getInputStream().readAllBytes();
    String output = new String(bytes, StandardCharsets.UTF_8).strip();
    if (exitValue(process) != 0 || output.isEmpty()) {
      throw new IOException(
          main.getSimpleName() + " " + arguments + " failed; see " + log + "\n" + output);
    }
    String line = output.substring(output.lastIndexOf('\n') + 1);
    return List.of(new Gson().fromJson(line, Double[].class));
  }

  private Process start(
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
    ProcessBuilder builder = new ProcessBuilder(command);
    Map<String, String> variables = builder.environment();
    variables.keySet().removeIf(name -> name.startsWith("OMP_") || name.startsWith("OPENBLAS_"));
    variables.put("CLASSPATH", CLASS_PATH);
    variables.putAll(environment);
    builder.redirectError(ProcessBuilder.Redirect.appendTo(log));
    Process process = builder.start();
    CompletableFuture.delayedExecutor(MOST_MINUTES, TimeUnit.MINUTES)
        .execute(process::destroyForcibly);
    return process;
  }

  /** Where natives are extracted for all processes of a kind. */
  Path natives(Side side) {
    return natives.resolve(side.isPeer() ? "libtorch" : "vqvae4j");
  }

  /** Waits for the end of a process. */
  static int exitValue(Process process) throws IOException {
    try {
      return process.waitFor();
    } catch (InterruptedException e) {
      process.destroy();
      Thread.currentThread().interrupt();
      throw new IOException("interrupted", e);
    }
  }
}
