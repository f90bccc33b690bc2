package io.github.vqvae4j.tensor.internal;

import java.util.Arrays;
import java.util.function.IntToDoubleFunction;

/**
 * Exhaustive nearest-code search in double. Each squared distance is summed in element order, and
 * the lowest of equally near codes is chosen.
 */
final class ExactSearch {
  /** The number of codes whose distances are computed simultaneously with vector instructions. */
  private static final int CODES = 256;

  /** The maximum number of elements in a block of codes, 2 MB. */
  private static final int BLOCK = 1 << 18;

  private ExactSearch() {}

  /** Returns the squared distance between a row and a code of [k, d]. */
  static double distance(float[] row, float[] codes, int code) {
    double sum = 0;
    for (int c = 0; c < row.length; c++) {
      double difference = (double) row[c] - codes[code * row.length + c];
      sum += difference * difference;
    }
    return sum;
  }

  /**
   * Returns the nearest code for each row of x [n, d].
   *
   * @param codes returns the element of [k, d] at an index; codes that are not finite are never
   *     chosen
   */
  static int[] nearest(double[] x, IntToDoubleFunction codes, int k, int d) {
    int[] nearest = new int[x.length / d];
    double[] smallest = new double[nearest.length];
    Arrays.fill(smallest, Double.POSITIVE_INFINITY);
    int width = Math.max(1, Math.min(CODES, BLOCK / d));
    double[][] columns = new double[d][width];
    double[] distances = new double[width];
    for (int first = 0; first < k; first += width) {
      int count = Math.min(width, k - first);
      for (int j = 0; j < count; j++) {
        for (int c = 0; c < d; c++) {
          columns[c][j] = codes.applyAsDouble((first + j) * d + c);
        }
      }
      for (int i = 0; i < nearest.length; i++) {
        Arrays.fill(distances, 0);
        for (int c = 0; c < d; c++) {
          add(x[i * d + c], columns[c], distances);
        }
        for (int j = 0; j < count; j++) {
          if (distances[j] < smallest[i]) {
            smallest[i] = distances[j];
            nearest[i] = first + j;
          }
        }
      }
    }
    return nearest;
  }

  private static void add(double value, double[] column, double[] distances) {
    for (int j = 0; j < distances.length; j++) {
      double difference = value - column[j];
      distances[j] += difference * difference;
    }
  }
}
