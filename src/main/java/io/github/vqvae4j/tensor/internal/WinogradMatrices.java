package io.github.vqvae4j.tensor.internal;

/**
 * The matrices of the minimal filtering algorithm F(m x m, r x r) (Winograd 1980; Lavin and Gray
 * 2016, equation 8), which computes a tile of m x m results of an r x r convolution with t x t
 * multiplications, t = m + r - 1, instead of m m r r:
 *
 * <pre>
 * Y = At [(G g Gt) . (Bt d B)] A
 * </pre>
 *
 * <p>They follow from t - 1 points and infinity (Toom and Cook): results are values of the product
 * of two polynomials at these points. Here each two-sided product is one matrix, the Kronecker
 * product with itself, for tiles written as one column.
 *
 * @param outputs m
 * @param taps r
 * @param results At x At, [m m, t t]
 * @param filter G x G, [t t, r r]
 * @param data Bt x Bt, [t t, t t]
 */
record WinogradMatrices(int outputs, int taps, float[] results, float[] filter, float[] data) {
  /** Small and with small inverses, which keeps rounding errors small; of the first t - 1. */
  private static final double[] POINTS = {0, 1, -1, 0.5, -2};

  /** Which of the points is 1: what is added there, in both directions, is added to each result. */
  private static final int ONE = 1;

  /** The matrices for 4 x 4 results. */
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
    return new WinogradMatrices(m, taps, squared(at), squared(g), squared(bt));
  }

  /** Coefficients of the product of (x - point) over the points but one. */
  private static double[] polynomial(int t, int without) {
    double[] coefficients = new double[t];
    coefficients[0] = 1;
    for (int l = 0; l < t - 1; l++) {
      if (l != without) {
        for (int k = t - 1; k >= 0; k--) {
          coefficients[k] = (k > 0 ? coefficients[k - 1] : 0) - POINTS[l] * coefficients[k];
        }
      }
    }
    return coefficients;
  }

  private static float[] squared(double[][] a) {
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

  /** t. */
  int points() {
    return outputs + taps - 1;
  }

  /** The place in a transformed tile to which a bias is added. */
  int biasPlace() {
    return ONE * points() + ONE;
  }
}
