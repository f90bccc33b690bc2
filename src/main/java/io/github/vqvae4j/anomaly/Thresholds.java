package io.github.vqvae4j.anomaly;

import java.util.Arrays;

/** Computes the thresholds of a detector from the values of held-out normal images. */
final class Thresholds {
  /** The tolerance for rounding errors of f (n + 1) where it is an integer. */
  private static final double ROUNDING = 1e-9;

  private Thresholds() {}

  /** Returns m, the rank of the threshold, counted from 1 for the largest value. */
  static int rank(double falsePositiveRate, int n) {
    int rank = (int) Math.min(n, falsePositiveRate * (n + 1L) + ROUNDING);
    if (rank < 1) {
      throw new IllegalArgumentException(
          "AnomalyDetector: expected at least "
              + (long) Math.ceil(1 / falsePositiveRate - 1 - ROUNDING)
              + " held-out normal images for a false-positive rate of "
              + falsePositiveRate
              + ", got "
              + n
              + (n == 0
                  ? ""
                  : ", which is enough only for a false-positive rate of at least "
                      + 1.0 / (n + 1L))
              + ". Hold out more images, or allow a higher false-positive rate.");
    }
    return rank;
  }

  /** Returns the value of a rank. */
  static double of(double[] values, int rank) {
    double[] sorted = values.clone();
    Arrays.sort(sorted);
    return sorted[sorted.length - rank];
  }
}
