package io.github.vqvae4j.benchmarks.kernels;

import java.util.Collection;
import java.util.List;
import java.util.Locale;
import org.openjdk.jmh.infra.BenchmarkParams;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.util.Statistics;

/**
 * The JMH result of a kernel.
 *
 * @param type the simple name of the benchmark class
 * @param method the benchmark method
 * @param params the benchmark parameters
 * @param microseconds the median time of a call over JMH's iterations
 * @param min the minimum over the iterations, in microseconds
 * @param max the maximum over the iterations, in microseconds
 */
record KernelResult(
    String type,
    String method,
    BenchmarkParams params,
    double microseconds,
    double min,
    double max) {
  private static final double MEDIAN = 50;

  static List<KernelResult> of(Collection<RunResult> results) {
    return results.stream().map(KernelResult::of).toList();
  }

  private static KernelResult of(RunResult result) {
    String[] names = result.getParams().getBenchmark().split("\\.");
    Statistics iterations = result.getPrimaryResult().getStatistics();
    return new KernelResult(
        names[names.length - 2],
        names[names.length - 1],
        result.getParams(),
        iterations.getPercentile(MEDIAN),
        iterations.getMin(),
        iterations.getMax());
  }

  /** Returns two table cells: the median, and minimum to maximum. */
  String time() {
    return String.format(Locale.ROOT, "%.1f | %.1f to %.1f", microseconds, min, max);
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

  /** Returns a rate in units of 10^9 per second, given the amount of work of a call. */
  double giga(double amount) {
    return amount / microseconds / 1e3;
  }
}
