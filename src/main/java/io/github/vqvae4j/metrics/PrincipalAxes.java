package io.github.vqvae4j.metrics;

import java.util.Arrays;
import java.util.Comparator;
import java.util.stream.IntStream;

/**
 * Principal component analysis (Pearson 1901): the directions of maximum variance of a set of
 * vectors, for example to plot a codebook in two dimensions. They are the eigenvectors of the
 * covariance matrix, computed by Jacobi rotations (1846) in double precision.
 *
 * <pre>{@code
 * PrincipalAxes axes = PrincipalAxes.of(quantizer.codebook(), quantizer.dimension());
 * double[] x = axes.project(quantizer.codebook(), 0);
 * double[] y = axes.project(quantizer.codebook(), 1);
 * }</pre>
 */
public final class PrincipalAxes {
  /** The maximum number of sweeps over all pairs of axes; about ten are sufficient. */
  private static final int MAX_SWEEPS = 50;

  /** The tolerance of the squared off-diagonal norm, relative to that of the matrix. */
  private static final double TOLERANCE = 1e-24;

  private final double[] mean;
  private final double[] variances;
  private final double[][] axes;

  private PrincipalAxes(double[] mean, double[] variances, double[][] axes) {
    this.mean = mean;
    this.variances = variances;
    this.axes = axes;
  }

  /**
   * Computes the principal axes of a set of vectors. The eigendecomposition takes about 10 D^3
   * multiplications.
   *
   * @param rows the vectors [n, D] in row-major order
   * @param dimension D, at least 1
   * @return all D axes
   * @throws IllegalArgumentException if the array does not consist of one or more whole rows, or a
   *     value is NaN or infinite
   */
  public static PrincipalAxes of(float[] rows, int dimension) {
    FiniteRows.check("PrincipalAxes", rows, dimension);
    int n = rows.length / dimension;
    double[] mean = new double[dimension];
    for (int i = 0; i < rows.length; i++) {
      mean[i % dimension] += (double) rows[i] / n;
    }
    double[][] covariance = new double[dimension][dimension];
    double[] centered = new double[dimension];
    for (int i = 0; i < n; i++) {
      for (int c = 0; c < dimension; c++) {
        centered[c] = rows[i * dimension + c] - mean[c];
      }
      for (int a = 0; a < dimension; a++) {
        for (int b = 0; b < dimension; b++) {
          covariance[a][b] += centered[a] * centered[b] / n;
        }
      }
    }
    double[][] axes = diagonalize(covariance);
    int[] order =
        IntStream.range(0, dimension)
            .boxed()
            .sorted(Comparator.comparingDouble(i -> -covariance[i][i]))
            .mapToInt(Integer::intValue)
            .toArray();
    return new PrincipalAxes(
        mean,
        IntStream.of(order).mapToDouble(i -> Math.max(0, covariance[i][i])).toArray(),
        IntStream.of(order).mapToObj(i -> withPositiveSign(axes[i])).toArray(double[][]::new));
  }

  /** Diagonalizes a matrix in place and returns the eigenvectors as rows. */
  private static double[][] diagonalize(double[][] matrix) {
    int d = matrix.length;
    double[][] vectors = new double[d][d];
    for (int i = 0; i < d; i++) {
      vectors[i][i] = 1;
    }
    double total = squaredNorm(matrix, true);
    for (int i = 0; i < MAX_SWEEPS && squaredNorm(matrix, false) > TOLERANCE * total; i++) {
      for (int p = 0; p < d; p++) {
        for (int q = p + 1; q < d; q++) {
          rotate(matrix, vectors, p, q);
        }
      }
    }
    return vectors;
  }

  private static double squaredNorm(double[][] matrix, boolean includeDiagonal) {
    double sum = 0;
    for (int i = 0; i < matrix.length; i++) {
      for (int j = 0; j < matrix.length; j++) {
        sum += i != j || includeDiagonal ? matrix[i][j] * matrix[i][j] : 0;
      }
    }
    return sum;
  }

  /** Rotates the plane of axes p and q so that their covariance becomes 0. */
  private static void rotate(double[][] matrix, double[][] vectors, int p, int q) {
    if (matrix[p][q] == 0) {
      return;
    }
    double angle = Math.atan(2 * matrix[p][q] / (matrix[q][q] - matrix[p][p])) / 2;
    double cos = Math.cos(angle);
    double sin = Math.sin(angle);
    for (double[] row : matrix) {
      double valueP = row[p];
      row[p] = cos * valueP - sin * row[q];
      row[q] = sin * valueP + cos * row[q];
    }
    rotateRows(matrix[p], matrix[q], cos, sin);
    rotateRows(vectors[p], vectors[q], cos, sin);
  }

  private static void rotateRows(double[] p, double[] q, double cos, double sin) {
    for (int i = 0; i < p.length; i++) {
      double valueP = p[i];
      p[i] = cos * valueP - sin * q[i];
      q[i] = sin * valueP + cos * q[i];
    }
  }

  /** Chooses the sign of an axis so that its element of largest magnitude is positive. */
  private static double[] withPositiveSign(double[] axis) {
    double largest = 0;
    for (double element : axis) {
      largest = Math.abs(element) > Math.abs(largest) ? element : largest;
    }
    double sign = Math.signum(largest);
    return Arrays.stream(axis).map(element -> sign * element).toArray();
  }

  /**
   * Returns the fraction of the total variance explained by each axis.
   *
   * @return the fractions [D] in descending order, with a sum of 1; all 0 if all rows are equal
   */
  public double[] explainedVarianceRatios() {
    double total = Arrays.stream(variances).sum();
    return Arrays.stream(variances).map(v -> total == 0 ? 0 : v / total).toArray();
  }

  /**
   * Projects vectors onto an axis.
   *
   * @param rows the vectors [m, D] in row-major order
   * @param axis the index of the axis, from 0, with the largest variance, to D - 1
   * @return the coordinates [m]; the mean of the vectors passed to {@link #of} has the coordinate 0
   * @throws IllegalArgumentException if the array does not consist of one or more whole rows, a
   *     value is NaN or infinite, or there is no such axis
   */
  public double[] project(float[] rows, int axis) {
    FiniteRows.check("PrincipalAxes", rows, mean.length);
    if (axis < 0 || axis >= axes.length) {
      throw new IllegalArgumentException(
          "PrincipalAxes: expected an axis from 0 to " + (axes.length - 1) + ", got " + axis + ".");
    }
    double[] coordinates = new double[rows.length / mean.length];
    for (int i = 0; i < rows.length; i++) {
      int c = i % mean.length;
      coordinates[i / mean.length] += axes[axis][c] * (rows[i] - mean[c]);
    }
    return coordinates;
  }
}
