package io.github.vqvae4j.benchmarks.kernels;

import java.util.Collection;
import java.util.List;
import java.util.Locale;
import org.openjdk.jmh.infra.BenchmarkParams;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.util.Statistics;

/**
 * What JMH found.
 *
 * @param type name of the class
 * @param method that was measured
 * @param params what it was measured with
 * @param microseconds of one call, the median of JMH's iterations
 * @param lowest of its iterations
 * @param highest of its iterations
 */
record Kernel(
    String type,
    String method,
    BenchmarkParams params,
    double microseconds,
    double lowest,
    double highest) {
  private static final double MEDIAN = 50;

  static List<Kernel> of(Collection<RunResult> results) {
    return results.stream().map(Kernel::of).toList();
  }

  private static Kernel of(RunResult result) {
    String[] names = result.getParams().getBenchmark().split("\\.");
    Statistics iterations = result.getPrimaryResult().getStatistics();
    return new Kernel(
        names[names.length - 2],
        names[names.length - 1],
        result.getParams(),
        iterations.getPercentile(MEDIAN),
        iterations.getMin(),
        iterations.getMax());
  }

  /** The time in tables: two columns. */
  String time() {
    return String.format(Locale.ROOT, "%.1f | %.1f to %.1f", microseconds, lowest, highest);
  }

  boolean isIn(Class<?> benchmark) {
    return type.equals(benchmark.getSimpleName());
  }

  String text(String parameter) {
    return params.getParam(parameter);
  }

  int number(String parameter) {
    return Integer.parseInt(text(parameter));
  }

  /** Thousands of millions in a second, of something of which one call does so many. */
  double giga(double each) {
    return each / microseconds / 1e3;
  }
}
