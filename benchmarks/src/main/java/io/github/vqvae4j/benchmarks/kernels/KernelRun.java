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

/** Runs the kernel benchmarks with JMH and writes {@code docs/benchmarks-kernels.md}. */
public final class KernelRun {
  private static final Path PAGE = Path.of("docs", "benchmarks-kernels.md");
  private static final int WARM_UP_ITERATIONS = 3;
  private static final int MEASURED_ITERATIONS = 5;
  private static final TimeValue ITERATION_TIME = TimeValue.milliseconds(500);

  private KernelRun() {}

  /**
   * Runs the benchmarks.
   *
   * @param args JMH's options, such as a pattern of names, {@code -p batch=128} or {@code -r 1}
   * @throws RunnerException if a kernel fails
   * @throws CommandLineOptionException if the options are invalid
   * @throws IOException if the page cannot be written
   */
  public static void main(String[] args)
      throws RunnerException, CommandLineOptionException, IOException {
    // Before writing the page, which would count as a change of the working tree.
    Machine machine = Machine.current();
    CommandLineOptions commandLine = new CommandLineOptions(args);
    ChainedOptionsBuilder options =
        new OptionsBuilder()
            .parent(commandLine)
            .mode(Mode.AverageTime)
            .timeUnit(TimeUnit.MICROSECONDS)
            .shouldFailOnError(true)
            .param("kibibytes", sizes());
    if (commandLine.getIncludes().isEmpty()) {
      options.include(KernelRun.class.getPackageName());
    }
    if (!commandLine.getForkCount().hasValue()) {
      options.forks(1);
    }
    if (!commandLine.getWarmupTime().hasValue()) {
      options.warmupIterations(WARM_UP_ITERATIONS).warmupTime(ITERATION_TIME);
    }
    if (!commandLine.getMeasurementTime().hasValue()) {
      options.measurementIterations(MEASURED_ITERATIONS).measurementTime(ITERATION_TIME);
    }
    Collection<RunResult> results = new Runner(options.build()).run();
    new KernelPage(machine, results).write(PAGE, String.join(" ", args));
  }

  private static String[] sizes() {
    return Arrays.stream(MemoryTraffic.values())
        .map(traffic -> Integer.toString(traffic.kibibytesAccessed()))
        .distinct()
        .toArray(String[]::new);
  }
}
