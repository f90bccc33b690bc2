package io.github.vqvae4j.metrics;

import java.util.Arrays;

/**
 * The receiver operating characteristic (ROC) of a score that separates two classes (Fawcett 2006).
 * For every threshold, scores above it are classified as positive; the curve plots the
 * true-positive rate against the false-positive rate.
 *
 * <pre>{@code
 * RocCurve curve = RocCurve.of(normalScores, anomalyScores);
 * curve.auc();   // 1 for perfect separation, 0.5 for chance
 * }</pre>
 */
public final class RocCurve {
  private final double[] falsePositiveRates;
  private final double[] truePositiveRates;
  private final double auc;

  private RocCurve(double[] falsePositiveRates, double[] truePositiveRates, double auc) {
    this.falsePositiveRates = falsePositiveRates;
    this.truePositiveRates = truePositiveRates;
    this.auc = auc;
  }

  /**
   * Computes the curve of a score that is expected to be larger for positives.
   *
   * @param negatives the scores of the negative examples, at least one
   * @param positives the scores of the positive examples, at least one
   * @return the curve
   * @throws IllegalArgumentException if an array is empty, or a score is NaN
   */
  public static RocCurve of(double[] negatives, double[] positives) {
    double[] n = sorted(negatives, "negatives");
    double[] p = sorted(positives, "positives");
    double[] falsePositives = new double[maxPoints(n.length, p.length)];
    double[] truePositives = new double[falsePositives.length];
    int points = 1;
    long twiceTheArea = 0; // counted in pairs of a negative and a positive
    for (int i = n.length, j = p.length; i > 0 || j > 0; points++) {
      double score = Math.max(i > 0 ? n[i - 1] : p[j - 1], j > 0 ? p[j - 1] : n[i - 1]);
      long positivesAbove = p.length - j;
      int width = i;
      while (i > 0 && n[i - 1] == score) {
        i--;
      }
      while (j > 0 && p[j - 1] == score) {
        j--;
      }
      width -= i;
      twiceTheArea += width * (positivesAbove + p.length - j);
      falsePositives[points] = (double) (n.length - i) / n.length;
      truePositives[points] = (double) (p.length - j) / p.length;
    }
    return new RocCurve(
        Arrays.copyOf(falsePositives, points),
        Arrays.copyOf(truePositives, points),
        twiceTheArea / 2.0 / n.length / p.length);
  }

  /** Returns the maximum number of points of the curve. */
  static int maxPoints(int negatives, int positives) {
    long points = 1L + negatives + positives;
    if (points > Integer.MAX_VALUE - 8) {
      throw new IllegalArgumentException(
          "RocCurve: expected at most "
              + (Integer.MAX_VALUE - 9)
              + " scores in total, got "
              + negatives
              + " and "
              + positives
              + ". Use a random sample.");
    }
    return (int) points;
  }

  private static double[] sorted(double[] scores, String name) {
    double[] sorted = new double[scores.length];
    for (int i = 0; i < sorted.length; i++) {
      sorted[i] = scores[i] + 0.0; // turn -0 into 0, since sorting distinguishes them
    }
    Arrays.sort(sorted); // NaN is sorted last
    if (sorted.length == 0 || Double.isNaN(sorted[sorted.length - 1])) {
      throw new IllegalArgumentException(
          "RocCurve: expected one or more scores of "
              + name
              + ", none of them NaN, got "
              + (sorted.length == 0 ? "no scores" : "NaN among " + sorted.length + " scores")
              + ". Score at least one example of each class, and exclude examples without a"
              + " score.");
    }
    return sorted;
  }

  /**
   * Returns the area under the curve (AUC): the probability that a random positive has a larger
   * score than a random negative, with ties counted as one half (Hanley and McNeil 1982).
   *
   * <pre>
   * area = (sum over pairs of [positive > negative] + 1/2 [positive = negative]) / pairs
   * </pre>
   *
   * @return 1 for perfect separation, 0.5 for chance level, 0 if all negatives score higher
   */
  public double auc() {
    return auc;
  }

  /**
   * Returns the false-positive rates, the horizontal coordinates of the curve.
   *
   * @return a copy of the fractions of negatives above each threshold, from 0 to 1
   */
  public double[] falsePositiveRates() {
    return falsePositiveRates.clone();
  }

  /**
   * Returns the true-positive rates, the vertical coordinates of the curve.
   *
   * @return a copy of the fractions of positives above each threshold, from 0 to 1
   */
  public double[] truePositiveRates() {
    return truePositiveRates.clone();
  }
}
