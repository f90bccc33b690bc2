package io.github.vqvae4j.benchmarks.kernels;

import io.github.vqvae4j.benchmarks.floor.ModelConvolutions;
import io.github.vqvae4j.benchmarks.report.Machine;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.infra.BenchmarkParams;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.ChainedOptionsBuilder;
import org.openjdk.jmh.runner.options.CommandLineOptionException;
import org.openjdk.jmh.runner.options.CommandLineOptions;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.TimeValue;

/** Runs the kernels and writes {@code docs/benchmarks-kernels.md}. */
public final class Kernels {
  private static final Path PAGE = Path.of("docs", "benchmarks-kernels.md");
  private static final int FORWARD_AND_BACKWARD = 3;

  /** Adam reads gradient, parameter and both averages, and writes the last three. */
  private static final double ADAM_BYTES = 7.0 * Float.BYTES * ElementwiseKernels.PARAMETERS;

  /** Relu reads and writes. */
  private static final double RELU_BYTES = 2.0 * Float.BYTES * ElementwiseKernels.ACTIVATIONS;

  /** Besides, the mean reads, its gradient writes, and relu's reads two and writes one. */
  private static final double RELU_GRADIENT_BYTES =
      7.0 * Float.BYTES * ElementwiseKernels.ACTIVATIONS;

  private Kernels() {}

  /**
   * Runs them.
   *
   * @param args JMH's own options, as a pattern of names, {@code -p batch=128} or {@code -r 1}
   * @throws RunnerException if a kernel fails
   * @throws CommandLineOptionException if the options are wrong
   * @throws IOException if the page cannot be written
   */
  public static void main(String[] args)
      throws RunnerException, CommandLineOptionException, IOException {
    CommandLineOptions given = new CommandLineOptions(args);
    ChainedOptionsBuilder options =
        new OptionsBuilder().parent(given).mode(Mode.AverageTime).timeUnit(TimeUnit.MICROSECONDS);
    if (given.getIncludes().isEmpty()) {
      options.include(Kernels.class.getPackageName());
    }
    if (!given.getForkCount().hasValue()) {
      options.forks(1);
    }
    if (!given.getWarmupTime().hasValue()) {
      options.warmupTime(TimeValue.seconds(1));
    }
    if (!given.getMeasurementTime().hasValue()) {
      options.measurementTime(TimeValue.seconds(1));
    }
    Machine machine = Machine.here();
    StringBuilder page = new StringBuilder("# Kernels\n\nBy JMH, one process each:\n\n```\n");
    page.append("mvn -q install -Pquick && mvn -q -f benchmarks compile exec:exec@kernels\n```\n\n")
        .append(machine.processor())
        .append(", ")
        .append(machine.processors())
        .append(" processors, Java ")
        .append(machine.jdk())
        .append(", ")
        .append(machine.versions())
        .append(", commit ")
        .append(machine.commit())
        .append(", ")
        .append(machine.date())
        .append(
            ".\n\nThe ceiling of a convolution is oneDNN's fastest primitive alone (`oneDnn..`)."
                + " `reluAndGradient` and `forwardAndBackward` contain a mean, which the gradient"
                + " starts from.\n\n| kernel | | batch | microseconds | error | |\n"
                + "| --- | --- | ---: | ---: | ---: | ---: |\n");
    for (RunResult result : new Runner(options.build()).run()) {
      page.append(row(result));
    }
    Files.createDirectories(PAGE.getParent());
    Files.writeString(PAGE, page);
  }

  private static String row(RunResult result) {
    BenchmarkParams params = result.getParams();
    String name = params.getBenchmark().substring(params.getBenchmark().lastIndexOf('.') + 1);
    double microseconds = result.getPrimaryResult().getScore();
    double error = result.getPrimaryResult().getScoreError();
    return String.format(
        Locale.ROOT,
        "| %s | %s | %s | %.1f | %.1f | %s |%n",
        name,
        convolution(params) == null ? "" : convolution(params).name(),
        params.getParam("batch") == null ? "" : params.getParam("batch"),
        microseconds,
        error,
        rate(name, params, microseconds));
  }

  private static ModelConvolutions.Shape convolution(BenchmarkParams params) {
    String index = params.getParam("convolution");
    return index == null ? null : ModelConvolutions.of(32).get(Integer.parseInt(index));
  }

  private static String rate(String name, BenchmarkParams params, double microseconds) {
    ModelConvolutions.Shape shape = convolution(params);
    if (shape != null) {
      int passes = name.endsWith("Backward") ? FORWARD_AND_BACKWARD : 1;
      double flops = passes * shape.flops(Integer.parseInt(params.getParam("batch")));
      return String.format(Locale.ROOT, "%.1f GFLOP/s", flops / microseconds / 1e3);
    }
    return switch (name) {
      case "adam" -> bandwidth(ADAM_BYTES, microseconds);
      case "relu" -> bandwidth(RELU_BYTES, microseconds);
      case "reluAndGradient" -> bandwidth(RELU_GRADIENT_BYTES, microseconds);
      default -> {
        double rows = 64.0 * Integer.parseInt(params.getParam("batch"));
        double flops = 2 * 64 * rows * Integer.parseInt(params.getParam("codes"));
        yield String.format(Locale.ROOT, "%.1f GFLOP/s", flops / microseconds / 1e3);
      }
    };
  }

  private static String bandwidth(double bytes, double microseconds) {
    return String.format(Locale.ROOT, "%.1f GB/s", bytes / microseconds / 1e3);
  }
}
