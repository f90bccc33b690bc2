package io.github.vqvae4j.prior;

/**
 * An affine map of vectors, y = x W + b, on arrays of the Java heap.
 *
 * @param weight the rows of W, [inputs][outputs]
 * @param bias b
 */
record Affine(float[][] weight, float[] bias) {
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

  /** Writes the image of the vector that starts at an index of x to y. */
  void apply(float[] x, int from, float... y) {
    System.arraycopy(bias, 0, y, 0, bias.length);
    int i = 0;
    // Four rows at once: y is loaded and stored a quarter as often.
    for (; i + 4 <= weight.length; i += 4) {
      addRows(i, x[from + i], x[from + i + 1], x[from + i + 2], x[from + i + 3], y);
    }
    for (; i < weight.length; i++) {
      addRow(weight[i], x[from + i], y);
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
