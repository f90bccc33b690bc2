package io.github.vqvae4j.benchmarks;

import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * Figures of this version beside those of another one.
 *
 * @param name of what was measured
 * @param unit of the figures
 * @param ours of this version, one for each round
 * @param theirs of the other version, in the same rounds
 * @param lowest ratio, ours / theirs, that passes; 0 where less is always better
 * @param highest ratio that passes; infinite where more is
 */
record Comparison(
    String name,
    String unit,
    List<Double> ours,
    List<Double> theirs,
    double lowest,
    double highest) {
  /** Above the lines. */
  static final String HEAD =
      String.format(
          "%-48s %10s %10s %-12s %8s %8s   %s",
          "", "this", "other", "", "ratio", "medians'", "each round's");

  /** The median of the rounds' ratios. */
  double ratio() {
    return Clock.median(ratios());
  }

  private List<Double> ratios() {
    return IntStream.range(0, ours.size()).mapToObj(i -> ours.get(i) / theirs.get(i)).toList();
  }

  /** Whether the ratio is within the limits; not if it is NaN. */
  boolean passes() {
    return ratio() >= lowest && ratio() <= highest;
  }

  /** A line: medians, the ratio, the ratio of the medians, each round's, and the limits. */
  @Override
  public String toString() {
    double ourMedian = Clock.median(ours);
    double theirMedian = Clock.median(theirs);
    return String.format(
        Locale.ROOT,
        "%-48s %10s %10s %-12s %8.4f %8.4f   %s   %s: %s",
        name,
        number(ourMedian),
        number(theirMedian),
        unit,
        ratio(),
        ourMedian / theirMedian,
        ratios().stream()
            .map(ratio -> String.format(Locale.ROOT, "%.3f", ratio))
            .collect(Collectors.joining(" ")),
        passes() ? "passed" : "FAILED",
        limits());
  }

  private String limits() {
    if (lowest == 0) {
      return "at most " + highest;
    }
    return highest == Double.POSITIVE_INFINITY ? "at least " + lowest : lowest + " to " + highest;
  }

  private static String number(double value) {
    return String.format(Locale.ROOT, value < 10 ? "%.4f" : "%.1f", value);
  }
}
