package io.github.vqvae4j.metrics;

import java.util.Arrays;

/**
 * How well a score tells two classes apart, for every threshold at once: the receiver operating
 * characteristic (Fawcett 2006). A threshold calls all scores above it positive; it gives a point
 * of the curve, the share of the negatives that are called positive and the share of the positives
 * that are.
 */
public final class RocCurve {
  private final double[] falsePositiveRates;
  private final double[] truePositiveRates;
  private final double area;

  private RocCurve(double[] falsePositiveRates, double[] truePositiveRates, double area) {
    this.falsePositiveRates = falsePositiveRates;
    this.truePositiveRates = truePositiveRates;
    this.area = area;
  }

  /**
   * The curve of some scores, of which the larger ones should be the positives'.
   *
   * @param negatives scores of what should not be found, at least one
   * @param positives scores of what should be, at least one
   * @return the curve
   * @throws IllegalArgumentException if there are none of either, or one is NaN
   */
  public static RocCurve of(double[] negatives, double[] positives) {
    double[] n = ascending(negatives, "negatives");
    double[] p = ascending(positives, "positives");
    double[] falsePositives = new double[points(n.length, p.length)];
    double[] truePositives = new double[falsePositives.length];
    int points = 1;
    long twiceTheArea = 0; // in pairs of a negative and a positive
    for (int i = n.length, j = p.length; i > 0 || j > 0; points++) {
      double score = Math.max(i > 0 ? n[i - 1] : p[j - 1], j > 0 ? p[j - 1] : n[i - 1]);
      long found = p.length - j;
      int width = i;
      while (i > 0 && n[i - 1] == score) {
        i--;
      }
      while (j > 0 && p[j - 1] == score) {
        j--;
      }
      width -= i;
      twiceTheArea += width * (found + p.length - j);
      falsePositives[points] = (double) (n.length - i) / n.length;
      truePositives[points] = (double) (p.length - j) / p.length;
    }
    return new RocCurve(
        Arrays.copyOf(falsePositives, points),
        Arrays.copyOf(truePositives, points),
        twiceTheArea / 2.0 / n.length / p.length);
  }

  /** How many points the curve may have. */
  static int points(int negatives, int positives) {
    long points = 1L + negatives + positives;
    if (points > Integer.MAX_VALUE - 8) {
      throw new IllegalArgumentException(
          "RocCurve: expected at most "
              + (Integer.MAX_VALUE - 9)
              + " scores in all, got "
              + negatives
              + " and "
              + positives
              + "; draw some of them.");
    }
    return (int) points;
  }

  private static double[] ascending(double[] scores, String which) {
    double[] sorted = new double[scores.length];
    for (int i = 0; i < sorted.length; i++) {
      sorted[i] = scores[i] + 0.0; // -0 becomes 0, which sorting would tell apart
    }
    Arrays.sort(sorted); // NaN comes last
    if (sorted.length == 0 || Double.isNaN(sorted[sorted.length - 1])) {
      throw new IllegalArgumentException(
          "RocCurve: expected one or more scores of the "
              + which
              + ", none of them NaN, got "
              + (sorted.length == 0 ? "no scores" : "NaN among " + sorted.length)
              + "; score at least one of them, and leave out what has no score.");
    }
    return sorted;
  }

  /**
   * The area under the curve: the probability that a positive drawn at random has the larger score
   * than a negative, ties counted half (Hanley and McNeil 1982).
   *
   * <pre>
   * area = (sum over pairs of [positive > negative] + 1/2 [positive = negative]) / pairs
   * </pre>
   *
   * @return 1 if the score tells them apart, 0.5 if it knows nothing, 0 if it is the wrong way
   *     round
   */
  public double area() {
    return area;
  }

  /**
   * The curve's horizontal coordinates.
   *
   * @return for each point the share of the negatives above its threshold, from 0 to 1, a copy
   */
  public double[] falsePositiveRates() {
    return falsePositiveRates.clone();
  }

  /**
   * The curve's vertical coordinates.
   *
   * @return for each point the share of the positives above its threshold, from 0 to 1, a copy
   */
  public double[] truePositiveRates() {
    return truePositiveRates.clone();
  }
}
