package io.github.vqvae4j.benchmarks;

import com.google.gson.Gson;
import com.google.gson.GsonBuilder;
import java.io.File;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/** Starts {@link Child} with the options of this JVM and reads what it found. */
final class ChildProcess {
  private static final String HEAP = "-Xmx2g";

  /** A process that hangs shall not hold up the rest. */
  private static final int MOST_MINUTES = 5;

  private final double warmUp;
  private final double measured;
  private final File log;
  private final Path natives;

  /**
   * Starts processes that take about as long as told.
   *
   * @param warmUp seconds
   * @param measured seconds
   * @param folder where natives are extracted, apart for libtorch and for the rest since both
   *     change links there, and where the processes' log goes
   */
  ChildProcess(double warmUp, double measured, Path folder) {
    this.warmUp = warmUp;
    this.measured = measured;
    this.log = folder.resolve("log").toFile();
    this.natives = folder;
  }

  /** A measurement, and the whole time of the process until it was done. */
  record Outcome(Measurement measurement, double secondsFromStart) {
    @Override
    public String toString() {
      return String.format(
          Locale.ROOT,
          "%.1f ms, %.0f MiB, %.1f s in all",
          measurement.seconds() * 1e3,
          measurement.peakMebibytes(),
          secondsFromStart);
    }
  }

  /**
   * Measures in a new process.
   *
   * @param contender who
   * @param side what it runs
   * @param setting what it computes
   * @param cache where its natives are extracted, if they are not there yet
   * @return what it found
   * @throws IOException if it cannot be started, failed, or took more than 5 minutes
   */
  Outcome run(Contender contender, Side side, Setting setting, Path cache) throws IOException {
    List<String> arguments =
        List.of(
            side.name(),
            setting.task().name(),
            Integer.toString(setting.batch()),
            Integer.toString(setting.codebookSize()),
            Integer.toString(setting.imageSize()),
            Double.toString(warmUp),
            Double.toString(measured));
    long begin = System.currentTimeMillis();
    String line = lastLine(Child.class, arguments, contender.environment(), cache);
    Gson gson = new GsonBuilder().serializeSpecialFloatingPointValues().create();
    Measurement measurement = gson.fromJson(line, Measurement.class);
    return new Outcome(measurement, (measurement.finishedAt() - begin) / 1e3);
  }

  /** The losses of some training steps: see {@link Losses}. */
  List<Double> losses(Side side, Path file, int steps) throws IOException {
    List<String> arguments = List.of(side.name(), file.toString(), Integer.toString(steps));
    String line = lastLine(Losses.class, arguments, Map.of(), natives(side));
    return List.of(new Gson().fromJson(line, Double[].class));
  }

  private String lastLine(
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
    command.addAll(List.of("-cp", System.getProperty("java.class.path"), main.getName()));
    command.addAll(arguments);
    ProcessBuilder builder = new ProcessBuilder(command);
    Map<String, String> variables = builder.environment();
    variables.keySet().removeIf(name -> name.startsWith("OMP_") || name.startsWith("OPENBLAS_"));
    variables.putAll(environment);
    builder.redirectError(ProcessBuilder.Redirect.appendTo(log));
    Process process = builder.start();
    CompletableFuture.delayedExecutor(MOST_MINUTES, TimeUnit.MINUTES)
        .execute(process::destroyForcibly);
    String output =
        new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
    if (exitValue(process) != 0 || output.isEmpty()) {
      throw new IOException(
          main.getSimpleName()
              + " "
              + String.join(" ", arguments)
              + " failed; see "
              + log
              + "\n"
              + output);
    }
    return output.substring(output.lastIndexOf('\n') + 1);
  }

  /** Where natives are extracted for all processes of a kind. */
  Path natives(Side side) {
    return natives.resolve(side.isPeer() ? "libtorch" : "vqvae4j");
  }

  private static int exitValue(Process process) throws IOException {
    try {
      return process.waitFor();
    } catch (InterruptedException e) {
      process.destroy();
      Thread.currentThread().interrupt();
      throw new IOException("interrupted", e);
    }
  }
}
