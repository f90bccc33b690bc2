package io.github.vqvae4j.tensor.internal;

import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Single-threaded loops over floats: for arrays of a few megabytes, starting at once on the calling
 * thread beats the overhead of a native operation.
 */
final class FloatLoops {
  private FloatLoops() {}

  /** Computes a slice of one or two arrays, in place of the first. */
  private interface Function {
    void apply(float[] first, float[] second, int length);
  }

  private static void each(INDArray x, INDArray y, Function function) {
    each(x, null, y, function);
  }

  /** Computes y = function(x, other); y may be either input. */
  private static void each(INDArray x, INDArray other, INDArray y, Function function) {
    HeapSlices.run(
        x.length(),
        0,
        sliceLength -> {
          float[] first = new float[sliceLength];
          float[] second = other == null ? null : new float[sliceLength];
          return (from, length) -> {
            HeapCopy.read(x, from, first, 0, length);
            if (other != null) {
              HeapCopy.read(other, from, second, 0, length);
            }
            function.apply(first, second, length);
            HeapCopy.write(first, 0, length, y, from);
          };
        });
  }

  /** Computes y = x factor + shift; y may be x. */
  static void affine(INDArray x, float factor, float shift, INDArray y) {
    each(
        x,
        y,
        (v, none, length) -> {
          for (int i = 0; i < length; i++) {
            v[i] = v[i] * factor + shift;
          }
        });
  }

  /**
   * Computes y = max(x, 0) + ln(1 + y) for y in [0, 1]. With s = y / (2 + y), which is at most 1/3,
   * the logarithm is 2 artanh(s); the terms of its series after s^13 are below float precision.
   */
  static void softplus(INDArray x, INDArray y) {
    each(
        x,
        y,
        y,
        (v, exponential, length) -> {
          for (int i = 0; i < length; i++) {
            float s = exponential[i] / (2 + exponential[i]);
            float q = s * s;
            float series = 2f / 11 + q * (2f / 13);
            series = 2f / 7 + q * (2f / 9 + q * series);
            series = 2f / 3 + q * (2f / 5 + q * series);
            v[i] = Math.max(v[i], 0) + s * (2 + q * series);
          }
        });
  }

  /** Computes y = min(x, 0) / 2. */
  static void halveNegative(INDArray x, INDArray y) {
    each(
        x,
        y,
        (v, none, length) -> {
          for (int i = 0; i < length; i++) {
            v[i] = Math.min(v[i], 0) / 2;
          }
        });
  }

  /** Computes y = max(x, 0) + alpha 2 y / (1 - y) for y in [-1, 0]. */
  static void elu(float alpha, INDArray x, INDArray y) {
    each(
        x,
        y,
        y,
        (v, tanh, length) -> {
          for (int i = 0; i < length; i++) {
            v[i] = Math.max(v[i], 0) + alpha * 2 * tanh[i] / (1 - tanh[i]);
          }
        });
  }

  /** Sets y to NaN where x is NaN. */
  static void propagateNaN(INDArray x, INDArray y) {
    each(
        y,
        x,
        y,
        (v, source, length) -> {
          for (int i = 0; i < length; i++) {
            v[i] += 0 * Math.max(-1, Math.min(source[i], 1));
          }
        });
  }

  /** Computes difference = x - target and returns the sum of its squares. */
  static double difference(INDArray x, INDArray target, INDArray difference) {
    // One partial sum per position in a slice: independent additions are vectorized.
    float[] sums = new float[(int) Math.min(HeapSlices.LENGTH, x.length())];
    each(
        x,
        target,
        difference,
        (v, other, length) -> {
          for (int i = 0; i < length; i++) {
            float d = v[i] - other[i];
            v[i] = d;
            sums[i] += d * d;
          }
        });
    return total(sums, 0, 1);
  }

  /** Returns whether {@link #sumRows} supports rows of a length. */
  static boolean supportsRowLength(long columns) {
    return columns <= HeapSlices.LENGTH;
  }

  /** Computes y [columns] = the sum of the rows of x [rows, columns]. */
  static void sumRows(INDArray x, int columns, INDArray y) {
    // Slices contain whole rows, so each position always belongs to the same column.
    float[] sums = new float[(int) Math.min(HeapSlices.LENGTH, x.length())];
    HeapSlices.runRows(
        x.length() / columns,
        columns,
        0,
        sliceLength -> {
          float[] slice = new float[sliceLength];
          return (row, rows) -> {
            int length = rows * columns;
            HeapCopy.read(x, row * columns, slice, 0, length);
            for (int i = 0; i < length; i++) {
              sums[i] += slice[i];
            }
          };
        });
    float[] totals = new float[columns];
    for (int column = 0; column < columns; column++) {
      totals[column] = (float) total(sums, column, columns);
    }
    HeapCopy.write(totals, 0, columns, y, 0);
  }

  private static double total(float[] sums, int from, int step) {
    double total = 0;
    for (int i = from; i < sums.length; i += step) {
      total += sums[i];
    }
    return total;
  }
}
