package io.github.vqvae4j.prior;

/**
 * An affine map of vectors, x W + b, on arrays of the Java heap.
 *
 * @param weight the rows of W, [inputs][outputs]
 * @param bias b
 */
record Affine(float[][] weight, float[] bias) {
  /** The number of sums in a block of vectors, which fit into the first-level cache. */
  private static final int BLOCK = 1 << 12;

  /** Returns the map of the first rows of W in row-major order. */
  static Affine of(int inputs, float[] weight, float... bias) {
    float[][] rows = new float[inputs][bias.length];
    for (int i = 0; i < inputs; i++) {
      System.arraycopy(weight, i * bias.length, rows[i], 0, bias.length);
    }
    return new Affine(rows, bias);
  }

  int inputs() {
    return weight.length;
  }

  /**
   * Adds the images of vectors to others.
   *
   * @param x the vectors, one after the other
   * @param y receives the sums, [vectors][outputs]
   */
  void addTo(float[][] y, float... x) {
    int block = Math.max(1, BLOCK / bias.length);
    for (int from = 0; from < y.length; from += block) {
      addTo(y, from, Math.min(y.length, from + block), x);
    }
  }

  /**
   * Multiplies a block of vectors by four rows at a time: the sums are loaded and stored a quarter
   * as often, and rows and sums stay in the cache.
   */
  private void addTo(float[][] y, int from, int to, float... x) {
    for (int j = from; j < to; j++) {
      addRow(bias, 1, y[j]);
    }
    int length = weight.length;
    int i = 0;
    for (; i + 4 <= length; i += 4) {
      for (int j = from; j < to; j++) {
        int first = j * length + i;
        addRows(i, x[first], x[first + 1], x[first + 2], x[first + 3], y[j]);
      }
    }
    for (; i < length; i++) {
      for (int j = from; j < to; j++) {
        addRow(weight[i], x[j * length + i], y[j]);
      }
    }
  }

  private void addRows(int row, float a, float b, float c, float d, float... y) {
    addRows(weight[row], weight[row + 1], weight[row + 2], weight[row + 3], a, b, c, d, y);
  }

  /** A loop over whole arrays, which the JIT compiler vectorizes; with offsets, it does not. */
  private static void addRows(
      float[] p, float[] q, float[] r, float[] s, float a, float b, float c, float d, float... y) {
    for (int i = 0; i < y.length; i++) {
      y[i] += a * p[i] + b * q[i] + c * r[i] + d * s[i];
    }
  }

  private static void addRow(float[] row, float a, float... y) {
    for (int i = 0; i < y.length; i++) {
      y[i] += a * row[i];
    }
  }
}
