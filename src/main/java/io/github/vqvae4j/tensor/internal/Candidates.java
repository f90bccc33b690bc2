package io.github.vqvae4j.tensor.internal;

import java.util.Arrays;

/**
 * For each of some rows the codes whose scores come within the errors of the largest, in rising
 * order: those that may be nearest.
 */
final class Candidates {
  /** {@link #only}: there are several. */
  static final int SEVERAL = -1;

  /** There are more than are remembered, or scores in float say nothing. */
  static final int TOO_MANY = -2;

  /** Candidates that are remembered for each row. */
  private static final int MOST = 16;

  /** The largest error of a score of each row. */
  final double[] errors;

  private final float[] largest;
  private final float[] least;
  private final int[] counts;
  private final int[] codes;
  private final float[] scores;

  Candidates(int rows) {
    errors = new double[rows];
    largest = new float[rows];
    least = new float[rows];
    counts = new int[rows];
    codes = new int[rows * MOST];
    scores = new float[rows * MOST];
  }

  void clear() {
    Arrays.fill(largest, Float.NEGATIVE_INFINITY);
    Arrays.fill(least, Float.POSITIVE_INFINITY);
    Arrays.fill(counts, 0);
  }

  /** Takes in the largest of some more scores of a row; returns what a candidate's is at least. */
  float raise(int row, float score) {
    if (score > largest[row]) {
      largest[row] = score;
      // Rounded down: a code too many costs time, one too few may be the nearest.
      least[row] = Math.nextDown((float) (score - 2 * errors[row]));
    }
    return counts[row] > MOST ? Float.POSITIVE_INFINITY : least[row];
  }

  void add(int row, int code, float score) {
    if (counts[row] == MOST) {
      dropOutdated(row);
    }
    if (counts[row] < MOST) {
      int place = row * MOST + counts[row];
      codes[place] = code;
      scores[place] = score;
    }
    counts[row] = Math.min(counts[row] + 1, MOST + 1);
  }

  /** MultiStep those that are none any more since a larger score was found. */
  private void dropOutdated(int row) {
    int kept = 0;
    for (int i = row * MOST; i < row * MOST + counts[row]; i++) {
      if (scores[i] >= least[row]) {
        codes[row * MOST + kept] = codes[i];
        scores[row * MOST + kept] = scores[i];
        kept++;
      }
    }
    counts[row] = kept;
  }

  /** The only code that may be nearest to a row, {@link #SEVERAL} or {@link #TOO_MANY}. */
  int only(int row) {
    // Where the error is NaN or infinite, so may scores be.
    if (!(errors[row] < Double.POSITIVE_INFINITY) || counts[row] == 0 || counts[row] > MOST) {
      return TOO_MANY;
    }
    if (counts[row] > 1) {
      dropOutdated(row);
    }
    return counts[row] == 1 ? codes[row * MOST] : SEVERAL;
  }

  /** The nearest of several, by distances in double. */
  int nearest(int row, float[] vector, float[] codebook) {
    int nearest = -1;
    double smallest = Double.POSITIVE_INFINITY;
    for (int i = row * MOST; i < row * MOST + counts[row]; i++) {
      double distance = ExactRows.distance(vector, codebook, codes[i]);
      if (distance < smallest) {
        smallest = distance;
        nearest = codes[i];
      }
    }
    return nearest;
  }
}
