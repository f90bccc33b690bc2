package io.github.vqvae4j.tensor.internal;

import java.util.Arrays;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Plain loops over native floats, a slice at a time: copied to the heap, where the loop becomes
 * vector instructions and the slice stays in the first-level cache, and back. For arrays of some
 * megabytes one thread that starts at once beats an operation's overhead.
 */
final class SliceLoops {
  private static final int LENGTH = 2048;
  private static final ThreadLocal<SliceLoops> OF_THREAD = ThreadLocal.withInitial(SliceLoops::new);

  private final float[] first = new float[LENGTH];
  private final float[] second = new float[LENGTH];
  private final float[] sums = new float[LENGTH];

  private SliceLoops() {}

  /** This thread's. */
  static SliceLoops get() {
    return OF_THREAD.get();
  }

  /** y = x factor + shift; y may be x. */
  void affine(INDArray x, float factor, float shift, INDArray y) {
    long n = x.length();
    for (long from = 0; from < n; from += LENGTH) {
      int length = (int) Math.min(LENGTH, n - from);
      HeapCopy.read(x, from, first, 0, length);
      for (int i = 0; i < length; i++) {
        first[i] = first[i] * factor + shift;
      }
      HeapCopy.write(first, 0, length, y, from);
    }
  }

  /**
   * y = max(x, 0) + ln(1 + y), for y from 0 to 1: with s = y / (2 + y), at most 1/3, the logarithm
   * is 2 artanh(s), whose series ends below a float's precision after s^13.
   */
  void softplus(INDArray x, INDArray y) {
    long n = x.length();
    for (long from = 0; from < n; from += LENGTH) {
      int length = (int) Math.min(LENGTH, n - from);
      HeapCopy.read(x, from, first, 0, length);
      HeapCopy.read(y, from, second, 0, length);
      for (int i = 0; i < length; i++) {
        float s = second[i] / (2 + second[i]);
        float q = s * s;
        float series = 2f / 11 + q * (2f / 13);
        series = 2f / 7 + q * (2f / 9 + q * series);
        series = 2f / 3 + q * (2f / 5 + q * series);
        first[i] = Math.max(first[i], 0) + s * (2 + q * series);
      }
      HeapCopy.write(first, 0, length, y, from);
    }
  }

  /** y = min(x, 0) / 2. */
  void halveNegative(INDArray x, INDArray y) {
    long n = x.length();
    for (long from = 0; from < n; from += LENGTH) {
      int length = (int) Math.min(LENGTH, n - from);
      HeapCopy.read(x, from, first, 0, length);
      for (int i = 0; i < length; i++) {
        first[i] = Math.min(first[i], 0) / 2;
      }
      HeapCopy.write(first, 0, length, y, from);
    }
  }

  /** y = max(x, 0) + alpha 2 y / (1 - y), for y from -1 to 0. */
  void elu(float alpha, INDArray x, INDArray y) {
    long n = x.length();
    for (long from = 0; from < n; from += LENGTH) {
      int length = (int) Math.min(LENGTH, n - from);
      HeapCopy.read(x, from, first, 0, length);
      HeapCopy.read(y, from, second, 0, length);
      for (int i = 0; i < length; i++) {
        first[i] = Math.max(first[i], 0) + alpha * 2 * second[i] / (1 - second[i]);
      }
      HeapCopy.write(first, 0, length, y, from);
    }
  }

  /** y becomes NaN where x is. */
  void keepNaN(INDArray x, INDArray y) {
    long n = x.length();
    for (long from = 0; from < n; from += LENGTH) {
      int length = (int) Math.min(LENGTH, n - from);
      HeapCopy.read(x, from, first, 0, length);
      HeapCopy.read(y, from, second, 0, length);
      for (int i = 0; i < length; i++) {
        second[i] += 0 * Math.max(-1, Math.min(first[i], 1));
      }
      HeapCopy.write(second, 0, length, y, from);
    }
  }

  /** difference = x - target; returns the sum of its squares. */
  double difference(INDArray x, INDArray target, INDArray difference) {
    Arrays.fill(sums, 0);
    long n = x.length();
    for (long from = 0; from < n; from += LENGTH) {
      int length = (int) Math.min(LENGTH, n - from);
      HeapCopy.read(x, from, first, 0, length);
      HeapCopy.read(target, from, second, 0, length);
      for (int i = 0; i < length; i++) {
        float d = first[i] - second[i];
        first[i] = d;
        sums[i] += d * d;
      }
      HeapCopy.write(first, 0, length, difference, from);
    }
    return total(0, 1);
  }

  /** Whether {@link #sumRows} takes rows of so many numbers. */
  static boolean takesRowsOf(long columns) {
    return columns <= LENGTH;
  }

  /** y [columns] = the sum of the rows of x [rows, columns]. */
  void sumRows(INDArray x, int columns, INDArray y) {
    Arrays.fill(sums, 0);
    // Whole rows in each slice, so that a place in it always belongs to the same column.
    int whole = LENGTH / columns * columns;
    long n = x.length();
    for (long from = 0; from < n; from += whole) {
      int length = (int) Math.min(whole, n - from);
      HeapCopy.read(x, from, first, 0, length);
      for (int i = 0; i < length; i++) {
        sums[i] += first[i];
      }
    }
    for (int column = 0; column < columns; column++) {
      first[column] = (float) total(column, columns);
    }
    HeapCopy.write(first, 0, columns, y, 0);
  }

  private double total(int from, int step) {
    double total = 0;
    for (int i = from; i < LENGTH; i += step) {
      total += sums[i];
    }
    return total;
  }
}
