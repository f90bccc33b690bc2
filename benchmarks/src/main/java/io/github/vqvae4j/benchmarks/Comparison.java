package io.github.vqvae4j.benchmarks;

import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * A comparison of this version with another version by one metric.
 *
 * @param name the name of the measurement
 * @param unit the unit of the values
 * @param current the values of this version, one per round
 * @param other the values of the other version in the same rounds
 * @param minRatio the minimum ratio current / other that passes; 0 if lower is better
 * @param maxRatio the maximum ratio that passes; infinite if higher is better
 */
record Comparison(
    String name,
    String unit,
    List<Double> current,
    List<Double> other,
    double minRatio,
    double maxRatio) {
  /** The table header. */
  static final String HEADER =
      String.format(
          "%-48s %10s %10s %-12s %8s %8s   %s",
          "", "this", "other", "", "ratio", "medians'", "per round");

  /** Returns the median of the rounds' ratios. */
  double ratio() {
    return Timer.median(ratios());
  }

  /** Returns the ratio of each round. */
  List<Double> ratios() {
    return IntStream.range(0, current.size()).mapToObj(i -> current.get(i) / other.get(i)).toList();
  }

  /** Returns whether the ratio is within the limits; false for NaN. */
  boolean passes() {
    return ratio() >= minRatio && ratio() <= maxRatio;
  }

  /**
   * Returns a table row: both medians, the median ratio, the ratio of the medians, the ratio of
   * each round, and the limits.
   */
  @Override
  public String toString() {
    double currentMedian = Timer.median(current);
    double otherMedian = Timer.median(other);
    return String.format(
        Locale.ROOT,
        "%-48s %10s %10s %-12s %8.4f %8.4f   %s   %s: %s",
        name,
        format(currentMedian),
        format(otherMedian),
        unit,
        ratio(),
        currentMedian / otherMedian,
        ratios().stream()
            .map(ratio -> String.format(Locale.ROOT, "%.3f", ratio))
            .collect(Collectors.joining(" ")),
        passes() ? "passed" : "FAILED",
        limits());
  }

  /** Returns the limits in words. */
  String limits() {
    if (minRatio == 0) {
      return "at most " + maxRatio;
    }
    return maxRatio == Double.POSITIVE_INFINITY
        ? "at least " + minRatio
        : minRatio + " to " + maxRatio;
  }

  private static String format(double value) {
    return String.format(Locale.ROOT, value < 10 ? "%.4f" : "%.1f", value);
  }
}
