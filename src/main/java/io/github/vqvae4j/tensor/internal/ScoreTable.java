package io.github.vqvae4j.tensor.internal;

import io.github.vqvae4j.tensor.DType;
import java.util.Arrays;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * A codebook prepared for {@link Kernels#scores}, with bounds for the rounding errors of the
 * scores. With a power of two f and a vector a near the mean code, rows x and codes e are
 * transformed to
 *
 * <pre>
 * X = x f - a,   T = e f - a,   score(x, e) = X T - |T|^2 / 2
 * </pre>
 *
 * <p>which avoids overflow and the cancellation caused by a large mean. Each score is a sum of d +
 * 1 terms, added in any order. With the unit roundoff u = 2^-24 (Higham, "Accuracy and Stability of
 * Numerical Algorithms", 2002, section 3.1) the error is at most
 *
 * <pre>
 * c (|X| + |T|) |T| + underflow,   c = (d + 8) u / (1 - (d + 8) u)
 * </pre>
 *
 * <p>where 8 u accounts for the rounding of X, T and |T|^2 / 2. The bound used also includes the
 * rounding error of distances in double, (d + 4) 2^-53 (|X| + |T|)^2, so that codes which distances
 * in double cannot distinguish remain candidates.
 */
final class ScoreTable {
  /**
   * The number of codes per group; the kernel finds the maximum of each group, so that most groups
   * can be skipped.
   */
  static final int GROUP = 32;

  /** The number of elements in a slice, which holds whole rows unless a row is longer. */
  private static final int SLICE = 2048;

  private static final double UNIT_ROUNDOFF = 0x1p-24;

  private static final double DOUBLE_ROUNDOFF = 0x1p-53;

  /**
   * The maximum exponent of f. Smaller codebooks are scaled by 2^100 and keep the precision that
   * float has for them.
   */
  private static final int MAX_EXPONENT = 100;

  /** The codebook padded to whole groups [codes, d]; codes that are not searchable are 0. */
  final INDArray table;

  /** -|T|^2 / 2, and -infinity for codes that are not searchable. */
  final INDArray bias;

  private final int d;
  private final float scale;

  /** The vector a, repeated for each row of a slice. */
  private final float[] center;

  private final float[] slice;

  /** The maximum |T|. */
  private final double maxNorm;

  /** The c above; infinite if there are too many terms for the bound. */
  private final double roundoff;

  ScoreTable(Arena arena, DistinctRows codes) {
    d = codes.dimension();
    float[] values = codes.values();
    int k = codes.count();
    int exponent = -1 - Math.getExponent(codes.maxMagnitude());
    scale = Math.scalb(1f, Math.min(MAX_EXPONENT, exponent));
    double terms = (d + 8) * UNIT_ROUNDOFF;
    roundoff = terms < 0.5 ? terms / (1 - terms) : Double.POSITIVE_INFINITY;
    int rowsInSlice = Math.max(1, SLICE / d);
    slice = new float[Math.multiplyExact(rowsInSlice, d)];
    center = new float[slice.length];
    setCenter(codes.mean());

    int paddedCodes = (k + GROUP - 1) / GROUP * GROUP;
    table = arena.allocate(DType.FLOAT, paddedCodes, d);
    bias = arena.allocate(DType.FLOAT, paddedCodes);
    float[] biases = new float[paddedCodes];
    Arrays.fill(biases, Float.NEGATIVE_INFINITY);
    float maxSquare = 0;
    for (int first = 0; first < paddedCodes; first += rowsInSlice) {
      int rows = Math.min(rowsInSlice, paddedCodes - first);
      int codeRows = Math.max(0, Math.min(rows, k - first));
      System.arraycopy(values, Math.min(first, k) * d, slice, 0, codeRows * d);
      transform(codeRows * d);
      for (int i = 0; i < rows; i++) {
        if (i < codeRows && codes.isSearchable(first + i)) {
          float square = sumOfSquares(slice, i * d, d);
          biases[first + i] = -square / 2;
          maxSquare = Math.max(maxSquare, square);
        } else {
          Arrays.fill(slice, i * d, (i + 1) * d, 0);
        }
      }
      HeapCopy.write(slice, 0, rows * d, table, (long) first * d);
    }
    HeapCopy.write(biases, 0, paddedCodes, bias, 0);
    maxNorm = norm(maxSquare);
  }

  private void setCenter(double... mean) {
    for (int i = 0; i < center.length; i++) {
      center[i] = (float) (mean[i % d] * scale);
    }
  }

  /** Writes X for rows of x, and the error bound of the scores of each row. */
  void transform(INDArray x, int from, int rows, INDArray transformed, double[] errors) {
    int rowsInSlice = slice.length / d;
    for (int first = 0; first < rows; first += rowsInSlice) {
      int count = Math.min(rowsInSlice, rows - first);
      HeapCopy.read(x, (long) (from + first) * d, slice, 0, count * d);
      transform(count * d);
      for (int i = 0; i < count; i++) {
        errors[first + i] = errorBound(sumOfSquares(slice, i * d, d));
      }
      HeapCopy.write(slice, 0, count * d, transformed, (long) first * d);
    }
  }

  private void transform(int length) {
    transform(slice, center, scale, length);
  }

  private static void transform(float[] values, float[] center, float scale, int length) {
    for (int i = 0; i < length; i++) {
      values[i] = values[i] * scale - center[i];
    }
  }

  /**
   * Returns the error bound; infinite or NaN for a row that is not finite or too large for float
   * scores.
   */
  private double errorBound(float square) {
    double rowNorm = norm(square);
    double underflow = d * (double) Float.MIN_NORMAL * (4 + rowNorm);
    double doubleRounding = (d + 4) * DOUBLE_ROUNDOFF * (rowNorm + maxNorm) * (rowNorm + maxNorm);
    return roundoff * (rowNorm + maxNorm) * maxNorm + underflow + doubleRounding;
  }

  /**
   * Returns an upper bound of the norm, given a float sum of squares in which terms may have
   * underflowed.
   */
  private double norm(float square) {
    return Math.sqrt(square + d * (double) Float.MIN_NORMAL) * (1 + roundoff);
  }

  /** Returns the sum of squares, with four partial sums to hide the latency of the additions. */
  private static float sumOfSquares(float[] values, int from, int length) {
    float a = 0;
    float b = 0;
    float c = 0;
    float d = 0;
    int end = from + length;
    int i = from;
    for (; i < end - 3; i += 4) {
      a += values[i] * values[i];
      b += values[i + 1] * values[i + 1];
      c += values[i + 2] * values[i + 2];
      d += values[i + 3] * values[i + 3];
    }
    for (; i < end; i++) {
      a += values[i] * values[i];
    }
    return a + b + (c + d);
  }
}
