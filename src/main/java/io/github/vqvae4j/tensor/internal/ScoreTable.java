package io.github.vqvae4j.tensor.internal;

import io.github.vqvae4j.tensor.DType;
import java.util.Arrays;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * A codebook laid out for {@link Kernels#scores}, and how far a score may be from its exact value.
 * With a power of two f and a vector a near the codes' mean, rows and codes become
 *
 * <pre>
 * X = x f - a,   T = e f - a,   score(x, e) = X T - |T|^2 / 2
 * </pre>
 *
 * <p>so that neither overflow nor a distance from the origin costs digits. Each sum of a score has
 * d + 1 terms, which are added in any order; with the unit roundoff u = 2^-24 (Higham, "Accuracy
 * and Stability of Numerical Algorithms", 2002, section 3.1) the error is at most
 *
 * <pre>
 * c (|X| + |T|) |T| + underflow,   c = (d + 8) u / (1 - (d + 8) u)
 * </pre>
 *
 * <p>of which 8 u cover the roundings of X, T and |T|^2 / 2. The bound given has the rounding of
 * distances in double on top, (d + 4) 2^-53 (|X| + |T|)^2, so that what these cannot tell apart is
 * left to them.
 */
final class ScoreTable {
  /** Codes of which the kernel finds the largest score, so that only these are looked through. */
  static final int GROUP = 32;

  /** Numbers in a slice, in whole rows unless a row is longer. */
  private static final int SLICE = 2048;

  private static final double UNIT_ROUNDOFF = 0x1p-24;

  private static final double DOUBLE_ROUNDOFF = 0x1p-53;

  /** f is at most 2^100: codes smaller than that keep the digits that float has for them. */
  private static final int LARGEST_EXPONENT = 100;

  /** The codebook in whole groups [codes, d]; codes that are not to be chosen are 0. */
  final INDArray table;

  /** -|T|^2 / 2, and -infinity for codes that are not to be chosen. */
  final INDArray bias;

  private final int d;
  private final float scale;

  /** The vector a, as often as it fits in a slice. */
  private final float[] center;

  private final float[] slice;

  /** The largest |T|. */
  private final double norm;

  /** The c above; infinite where so many terms have no bound. */
  private final double roundoff;

  ScoreTable(Arena arena, DistinctRows codes) {
    d = codes.dimension();
    float[] numbers = codes.numbers();
    int k = codes.count();
    int exponent = -1 - Math.getExponent(codes.largest());
    scale = Math.scalb(1f, Math.min(LARGEST_EXPONENT, exponent));
    double terms = (d + 8) * UNIT_ROUNDOFF;
    roundoff = terms < 0.5 ? terms / (1 - terms) : Double.POSITIVE_INFINITY;
    int rowsInSlice = Math.max(1, SLICE / d);
    slice = new float[Math.multiplyExact(rowsInSlice, d)];
    center = new float[slice.length];
    setCenter(codes.mean());

    int whole = (k + GROUP - 1) / GROUP * GROUP;
    table = arena.allocate(DType.FLOAT, whole, d);
    bias = arena.allocate(DType.FLOAT, whole);
    float[] added = new float[whole];
    Arrays.fill(added, Float.NEGATIVE_INFINITY);
    float largest = 0;
    for (int first = 0; first < whole; first += rowsInSlice) {
      int rows = Math.min(rowsInSlice, whole - first);
      int present = Math.max(0, Math.min(rows, k - first));
      System.arraycopy(numbers, Math.min(first, k) * d, slice, 0, present * d);
      move(present * d);
      for (int i = 0; i < rows; i++) {
        if (i < present && codes.has(first + i)) {
          float square = squares(slice, i * d, d);
          added[first + i] = -square / 2;
          largest = Math.max(largest, square);
        } else {
          Arrays.fill(slice, i * d, (i + 1) * d, 0);
        }
      }
      HeapCopy.write(slice, 0, rows * d, table, (long) first * d);
    }
    HeapCopy.write(added, 0, whole, bias, 0);
    norm = length(largest);
  }

  private void setCenter(double... mean) {
    for (int i = 0; i < center.length; i++) {
      center[i] = (float) (mean[i % d] * scale);
    }
  }

  /** Writes X for rows of x into an array, and the largest error of a score of each. */
  void prepare(INDArray x, int from, int rows, INDArray moved, double[] errors) {
    int rowsInSlice = slice.length / d;
    for (int first = 0; first < rows; first += rowsInSlice) {
      int some = Math.min(rowsInSlice, rows - first);
      HeapCopy.read(x, (long) (from + first) * d, slice, 0, some * d);
      move(some * d);
      for (int i = 0; i < some; i++) {
        errors[first + i] = error(squares(slice, i * d, d));
      }
      HeapCopy.write(slice, 0, some * d, moved, (long) first * d);
    }
  }

  private void move(int length) {
    move(slice, center, scale, length);
  }

  private static void move(float[] numbers, float[] center, float scale, int length) {
    for (int i = 0; i < length; i++) {
      numbers[i] = numbers[i] * scale - center[i];
    }
  }

  /** Infinite, or NaN, for a row that is not finite or too far away for scores in float. */
  private double error(float square) {
    double length = length(square);
    double underflow = d * (double) Float.MIN_NORMAL * (4 + length);
    double inDouble = (d + 4) * DOUBLE_ROUNDOFF * (length + norm) * (length + norm);
    return roundoff * (length + norm) * norm + underflow + inDouble;
  }

  /** At least the square root of a sum of squares in float, some of which may have become 0. */
  private double length(float square) {
    return Math.sqrt(square + d * (double) Float.MIN_NORMAL) * (1 + roundoff);
  }

  /** Four sums side by side, since each addition waits for the one before. */
  private static float squares(float[] numbers, int from, int length) {
    float a = 0;
    float b = 0;
    float c = 0;
    float d = 0;
    int end = from + length;
    int i = from;
    for (; i < end - 3; i += 4) {
      a += numbers[i] * numbers[i];
      b += numbers[i + 1] * numbers[i + 1];
      c += numbers[i + 2] * numbers[i + 2];
      d += numbers[i + 3] * numbers[i + 3];
    }
    for (; i < end; i++) {
      a += numbers[i] * numbers[i];
    }
    return a + b + (c + d);
  }
}
