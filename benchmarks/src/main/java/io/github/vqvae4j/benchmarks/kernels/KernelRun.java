package io.github.vqvae4j.benchmarks.kernels;

import io.github.vqvae4j.benchmarks.report.Machine;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Collection;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.ChainedOptionsBuilder;
import org.openjdk.jmh.runner.options.CommandLineOptionException;
import org.openjdk.jmh.runner.options.CommandLineOptions;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.TimeValue;

/** Runs the kernels under JMH and writes {@code docs/benchmarks-kernels.md}. */
public final class KernelRun {
  private static final Path PAGE = Path.of("docs", "benchmarks-kernels.md");
  private static final int WARM_UPS = 3;
  private static final int MEASUREMENTS = 5;
  private static final TimeValue EACH = TimeValue.milliseconds(500);

  private KernelRun() {}

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
    // Before anything is written, so that a page does not count as a change.
    Machine machine = Machine.here();
    CommandLineOptions given = new CommandLineOptions(args);
    ChainedOptionsBuilder options =
        new OptionsBuilder()
            .parent(given)
            .mode(Mode.AverageTime)
            .timeUnit(TimeUnit.MICROSECONDS)
            .shouldFailOnError(true)
            .param("kibibytes", sizes());
    if (given.getIncludes().isEmpty()) {
      options.include(KernelRun.class.getPackageName());
    }
    if (!given.getForkCount().hasValue()) {
      options.forks(1);
    }
    if (!given.getWarmupTime().hasValue()) {
      options.warmupIterations(WARM_UPS).warmupTime(EACH);
    }
    if (!given.getMeasurementTime().hasValue()) {
      options.measurementIterations(MEASUREMENTS).measurementTime(EACH);
    }
    Collection<RunResult> results = new Runner(options.build()).run();
    new KernelPage(machine, results).write(PAGE, String.join(" ", args));
  }

  private static String[] sizes() {
    return Arrays.stream(Traffic.values())
        .map(traffic -> Integer.toString(traffic.kibibytesTouched()))
        .distinct()
        .toArray(String[]::new);
  }
}
