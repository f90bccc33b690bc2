package io.github.vqvae4j.tensor.internal;

import java.util.Arrays;

/**
 * The candidates for the nearest code of each row: the codes whose scores are within the error
 * bounds of the highest score, in ascending order of their indices.
 */
final class CandidateCodes {
  /** Returned by {@link #singleCandidate} if there are several candidates. */
  static final int MULTIPLE = -1;

  /**
   * Returned by {@link #singleCandidate} if there are too many candidates, or the float scores are
   * unusable.
   */
  static final int TOO_MANY = -2;

  /** The maximum number of candidates stored for each row. */
  private static final int MAX_CANDIDATES = 16;

  /** The error bound of the scores of each row. */
  final double[] errors;

  private final float[] highest;
  private final float[] thresholds;
  private final int[] counts;
  private final int[] codes;
  private final float[] scores;

  CandidateCodes(int rows) {
    errors = new double[rows];
    highest = new float[rows];
    thresholds = new float[rows];
    counts = new int[rows];
    codes = new int[rows * MAX_CANDIDATES];
    scores = new float[rows * MAX_CANDIDATES];
  }

  void clear() {
    Arrays.fill(highest, Float.NEGATIVE_INFINITY);
    Arrays.fill(thresholds, Float.POSITIVE_INFINITY);
    Arrays.fill(counts, 0);
  }

  /** Updates a row's highest score; returns the minimum score of a candidate. */
  float updateHighest(int row, float score) {
    if (score > highest[row]) {
      highest[row] = score;
      // Rounded down: an extra candidate only costs time, a missing one may be the nearest.
      thresholds[row] = Math.nextDown((float) (score - 2 * errors[row]));
    }
    return counts[row] > MAX_CANDIDATES ? Float.POSITIVE_INFINITY : thresholds[row];
  }

  void add(int row, int code, float score) {
    if (counts[row] == MAX_CANDIDATES) {
      removeOutdated(row);
    }
    if (counts[row] < MAX_CANDIDATES) {
      int index = row * MAX_CANDIDATES + counts[row];
      codes[index] = code;
      scores[index] = score;
    }
    counts[row] = Math.min(counts[row] + 1, MAX_CANDIDATES + 1);
  }

  /** Removes codes that are no longer candidates because a higher score was found. */
  private void removeOutdated(int row) {
    int remaining = 0;
    for (int i = row * MAX_CANDIDATES; i < row * MAX_CANDIDATES + counts[row]; i++) {
      if (scores[i] >= thresholds[row]) {
        codes[row * MAX_CANDIDATES + remaining] = codes[i];
        scores[row * MAX_CANDIDATES + remaining] = scores[i];
        remaining++;
      }
    }
    counts[row] = remaining;
  }

  /** Returns the only candidate of a row, or {@link #MULTIPLE} or {@link #TOO_MANY}. */
  int singleCandidate(int row) {
    // If the error bound is NaN or infinite, the scores may be too.
    if (!(errors[row] < Double.POSITIVE_INFINITY)
        || counts[row] == 0
        || counts[row] > MAX_CANDIDATES) {
      return TOO_MANY;
    }
    if (counts[row] > 1) {
      removeOutdated(row);
    }
    return counts[row] == 1 ? codes[row * MAX_CANDIDATES] : MULTIPLE;
  }

  /** Returns the nearest of several candidates, by distances in double. */
  int nearest(int row, float[] vector, float[] codebook) {
    int nearest = -1;
    double smallest = Double.POSITIVE_INFINITY;
    for (int i = row * MAX_CANDIDATES; i < row * MAX_CANDIDATES + counts[row]; i++) {
      double distance = ExactSearch.distance(vector, codebook, codes[i]);
      if (distance < smallest) {
        smallest = distance;
        nearest = codes[i];
      }
    }
    return nearest;
  }
}
