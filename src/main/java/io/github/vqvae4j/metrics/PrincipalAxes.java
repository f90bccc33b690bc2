package io.github.vqvae4j.metrics;

import java.util.Arrays;
import java.util.Comparator;
import java.util.stream.IntStream;

/**
 * Principal component analysis (Pearson 1901): the directions in which rows of numbers vary most,
 * for pictures of vectors of many numbers. They are the eigenvectors of the rows' covariance, found
 * by Jacobi's rotations (1846) in double.
 */
public final class PrincipalAxes {
  /** Sweeps over all pairs; some ten are enough for any matrix. */
  private static final int MOST_SWEEPS = 50;

  /** What may remain off the diagonal, relative to all of the matrix, squared. */
  private static final double REMAINDER = 1e-24;

  private final double[] mean;
  private final double[] variances;
  private final double[][] axes;

  private PrincipalAxes(double[] mean, double[] variances, double[][] axes) {
    this.mean = mean;
    this.variances = variances;
    this.axes = axes;
  }

  /**
   * Finds the axes.
   *
   * @param rows row by row, [n, D]; it takes some 10 D^3 multiplications
   * @param dimension D, at least 1
   * @return all D axes
   * @throws IllegalArgumentException if the numbers are not one or more whole rows, or one is NaN
   *     or infinite
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
        IntStream.of(order).mapToObj(i -> upright(axes[i])).toArray(double[][]::new));
  }

  /** Leaves the eigenvalues on the diagonal; gives the eigenvectors, one a row. */
  private static double[][] diagonalize(double[][] matrix) {
    int d = matrix.length;
    double[][] vectors = new double[d][d];
    for (int i = 0; i < d; i++) {
      vectors[i][i] = 1;
    }
    double all = squares(matrix, true);
    for (int i = 0; i < MOST_SWEEPS && squares(matrix, false) > REMAINDER * all; i++) {
      for (int p = 0; p < d; p++) {
        for (int q = p + 1; q < d; q++) {
          rotate(matrix, vectors, p, q);
        }
      }
    }
    return vectors;
  }

  private static double squares(double[][] matrix, boolean diagonalToo) {
    double sum = 0;
    for (int i = 0; i < matrix.length; i++) {
      for (int j = 0; j < matrix.length; j++) {
        sum += i != j || diagonalToo ? matrix[i][j] * matrix[i][j] : 0;
      }
    }
    return sum;
  }

  /** Turns the plane of axes p and q so that the two do not vary together. */
  private static void rotate(double[][] matrix, double[][] vectors, int p, int q) {
    if (matrix[p][q] == 0) {
      return;
    }
    double angle = Math.atan(2 * matrix[p][q] / (matrix[q][q] - matrix[p][p])) / 2;
    double cos = Math.cos(angle);
    double sin = Math.sin(angle);
    for (double[] row : matrix) {
      double atP = row[p];
      row[p] = cos * atP - sin * row[q];
      row[q] = sin * atP + cos * row[q];
    }
    turn(matrix[p], matrix[q], cos, sin);
    turn(vectors[p], vectors[q], cos, sin);
  }

  private static void turn(double[] p, double[] q, double cos, double sin) {
    for (int i = 0; i < p.length; i++) {
      double atP = p[i];
      p[i] = cos * atP - sin * q[i];
      q[i] = sin * atP + cos * q[i];
    }
  }

  /** Of the two directions the one whose largest part is positive. */
  private static double[] upright(double[] axis) {
    double largest = 0;
    for (double part : axis) {
      largest = Math.abs(part) > Math.abs(largest) ? part : largest;
    }
    double sign = Math.signum(largest);
    return Arrays.stream(axis).map(part -> sign * part).toArray();
  }

  /**
   * The share of each axis in the variance of all rows.
   *
   * @return [D], in falling order, of the sum 1; all 0 if the rows are equal
   */
  public double[] shares() {
    double total = Arrays.stream(variances).sum();
    return Arrays.stream(variances).map(v -> total == 0 ? 0 : v / total).toArray();
  }

  /**
   * Where rows lie along one axis.
   *
   * @param rows row by row, [m, D]
   * @param axis from 0, along which they vary most, to D - 1
   * @return [m], 0 for the mean of the rows that the axes were found from
   * @throws IllegalArgumentException if the numbers are not whole rows, one is NaN or infinite, or
   *     there is no such axis
   */
  public double[] coordinates(float[] rows, int axis) {
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
