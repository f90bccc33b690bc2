package io.github.vqvae4j.metrics;

import java.util.Arrays;

/**
 * Squared Euclidean distances of all pairs of two sets of vectors, in double. They are computed
 * from differences rather than products, so that equal vectors have a distance of exactly 0, and
 * the distance of a pair does not depend on its order.
 */
final class SquaredDistances {
  /** The number of columns whose distances to a row are computed together, in the L1 cache. */
  private static final int TILE = 64;

  private SquaredDistances() {}

  /** Receives distances. */
  @FunctionalInterface
  interface Receiver {
    /**
     * Receives the distances of one row.
     *
     * @param row the index of the row
     * @param from the index of the first column
     * @param distances the distances of the columns from {@code from} on; overwritten afterwards
     * @param count the number of columns
     */
    void accept(int row, int from, double[] distances, int count);
  }

  /**
   * Computes all distances.
   *
   * @param rows [n][D]
   * @param columns [m][D]
   * @param receiver receives the distances of each row, some columns at a time, in order
   */
  static void forEach(float[][] rows, float[][] columns, Receiver receiver) {
    int dimension = columns[0].length;
    double[][] tile = new double[dimension][TILE];
    double[] distances = new double[TILE];
    for (int from = 0; from < columns.length; from += TILE) {
      int count = Math.min(TILE, columns.length - from);
      for (int d = 0; d < dimension; d++) {
        for (int j = 0; j < count; j++) {
          tile[d][j] = columns[from + j][d];
        }
      }
      for (int i = 0; i < rows.length; i++) {
        Arrays.fill(distances, 0);
        for (int d = 0; d < dimension; d++) {
          addSquares(rows[i][d], tile[d], distances);
        }
        receiver.accept(i, from, distances, count);
      }
    }
  }

  /** A loop of its own, over whole tiles, which the JIT compiler vectorizes. */
  private static void addSquares(double value, double[] others, double[] sums) {
    for (int j = 0; j < TILE; j++) {
      double difference = value - others[j];
      sums[j] += difference * difference;
    }
  }
}
