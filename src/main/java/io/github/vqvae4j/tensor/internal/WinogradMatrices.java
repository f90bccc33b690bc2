package io.github.vqvae4j.tensor.internal;

/**
 * The matrices of Winograd convolution F(m x m, r x r) (Winograd 1980; Lavin and Gray 2016,
 * equation 8), which computes a tile of m x m results of an r x r convolution with t x t
 * multiplications, t = m + r - 1, instead of m m r r:
 *
 * <pre>
 * Y = At [(G g Gt) . (Bt d B)] A
 * </pre>
 *
 * <p>The matrices follow from t - 1 interpolation points and infinity (Toom-Cook): two polynomials
 * are multiplied by multiplying their values at these points. Here each two-sided product is
 * represented by one matrix, the Kronecker product of the matrix with itself, applied to tiles
 * flattened into columns.
 *
 * @param outputs m, the number of results per tile and axis
 * @param taps r, the kernel size
 * @param results At x At, [m m, t t]
 * @param filter G x G, [t t, r r]
 * @param data Bt x Bt, [t t, t t]
 */
record WinogradMatrices(int outputs, int taps, float[] results, float[] filter, float[] data) {
  /**
   * The interpolation points, of which the first t - 1 are used. Small points with small
   * reciprocals limit rounding errors.
   */
  private static final double[] POINTS = {0, 1, -1, 0.5, -2};

  /** The index of the point 1: a value added there, on both axes, is added to each result. */
  private static final int ONE_INDEX = 1;

  /** Returns the matrices for tiles of 4 x 4 results. */
  static WinogradMatrices of(int taps) {
    int m = 4;
    int t = m + taps - 1;
    double[][] at = new double[m][t];
    double[][] g = new double[t][taps];
    double[][] bt = new double[t][t];
    for (int j = 0; j < t - 1; j++) {
      for (int i = 0; i < m; i++) {
        at[i][j] = Math.pow(POINTS[j], i);
      }
      double scale = 1;
      for (int l = 0; l < t - 1; l++) {
        scale *= l == j ? 1 : POINTS[j] - POINTS[l];
      }
      for (int k = 0; k < taps; k++) {
        g[j][k] = Math.pow(POINTS[j], k) / scale;
      }
      bt[j] = polynomial(t, j);
    }
    at[m - 1][t - 1] = 1;
    g[t - 1][taps - 1] = 1;
    bt[t - 1] = polynomial(t, t - 1);
    return new WinogradMatrices(m, taps, kronecker(at), kronecker(g), kronecker(bt));
  }

  /** Returns the coefficients of the product of (x - point) over all points except one. */
  private static double[] polynomial(int t, int excluded) {
    double[] coefficients = new double[t];
    coefficients[0] = 1;
    for (int l = 0; l < t - 1; l++) {
      if (l != excluded) {
        for (int k = t - 1; k >= 0; k--) {
          coefficients[k] = (k > 0 ? coefficients[k - 1] : 0) - POINTS[l] * coefficients[k];
        }
      }
    }
    return coefficients;
  }

  private static float[] kronecker(double[][] a) {
    int rows = a.length;
    int columns = a[0].length;
    float[] product = new float[rows * rows * columns * columns];
    for (int i = 0; i < rows * rows; i++) {
      for (int j = 0; j < columns * columns; j++) {
        product[i * columns * columns + j] =
            (float) (a[i / rows][j / columns] * a[i % rows][j % columns]);
      }
    }
    return product;
  }

  /** Returns t, the number of points per axis. */
  int points() {
    return outputs + taps - 1;
  }

  /** Returns the index in a transformed tile to which a bias is added. */
  int biasIndex() {
    return ONE_INDEX * points() + ONE_INDEX;
  }
}
