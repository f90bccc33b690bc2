package io.github.vqvae4j.tensor.internal;

import java.util.Arrays;
import java.util.function.IntToDoubleFunction;

/**
 * Squared distances in double, each summed from the first difference to the last, and the lowest
 * code of the smallest.
 */
final class ExactRows {
  /** Distances to so many codes are summed side by side, as vector instructions. */
  private static final int CODES = 256;

  /** Numbers of codes that are looked at together, 2 MB. */
  private static final int BLOCK = 1 << 18;

  private ExactRows() {}

  /** The squared distance of a row from a code of [k, d]. */
  static double distance(float[] row, float[] codes, int code) {
    double sum = 0;
    for (int c = 0; c < row.length; c++) {
      double difference = (double) row[c] - codes[code * row.length + c];
      sum += difference * difference;
    }
    return sum;
  }

  /**
   * For each row of x [n, d] the nearest code.
   *
   * @param codes [k, d] by place; those that are not finite are never nearest
   */
  static int[] nearest(double[] x, IntToDoubleFunction codes, int k, int d) {
    int[] nearest = new int[x.length / d];
    double[] smallest = new double[nearest.length];
    Arrays.fill(smallest, Double.POSITIVE_INFINITY);
    int width = Math.max(1, Math.min(CODES, BLOCK / d));
    double[][] columns = new double[d][width];
    double[] distances = new double[width];
    for (int first = 0; first < k; first += width) {
      int some = Math.min(width, k - first);
      for (int j = 0; j < some; j++) {
        for (int c = 0; c < d; c++) {
          columns[c][j] = codes.applyAsDouble((first + j) * d + c);
        }
      }
      for (int i = 0; i < nearest.length; i++) {
        Arrays.fill(distances, 0);
        for (int c = 0; c < d; c++) {
          add(x[i * d + c], columns[c], distances);
        }
        for (int j = 0; j < some; j++) {
          if (distances[j] < smallest[i]) {
            smallest[i] = distances[j];
            nearest[i] = first + j;
          }
        }
      }
    }
    return nearest;
  }

  private static void add(double number, double[] column, double[] distances) {
    for (int j = 0; j < distances.length; j++) {
      double difference = number - column[j];
      distances[j] += difference * difference;
    }
  }
}
