package io.github.vqvae4j.tensor;

/** Finds NaN and infinity in arrays, variables and tensors. */
public final class NonFinite {
  /** Numbers copied out at a time, which stay in the first-level cache. */
  private static final int LENGTH = 2048;

  private interface Source {
    void read(long offset, float[] target, int length);
  }

  private NonFinite() {}

  /**
   * Returns the index of the first element that is NaN or infinite.
   *
   * @param values the array
   * @param length how many elements are searched, from the start
   * @return its index, or -1 if all are finite
   */
  public static int index(float[] values, int length) {
    for (int i = 0; i < length; i++) {
      if (!(Math.abs(values[i]) <= Float.MAX_VALUE)) {
        return i;
      }
    }
    return -1;
  }

  /**
   * Returns the index of a variable's first element that is NaN or infinite.
   *
   * @param variable in FLOAT or DOUBLE
   * @return its index, row by row, or -1 if all are finite
   */
  public static long index(Variable variable) {
    return variable.dtype() == DType.DOUBLE
        ? index(variable.toDoubles())
        : index(variable.size(), (from, target, n) -> variable.read(from, target, 0, n));
  }

  /**
   * Returns the index of a tensor's first element that is NaN or infinite.
   *
   * @param tensor in FLOAT or DOUBLE
   * @return its index, row by row, or -1 if all are finite
   */
  public static long index(Tensor tensor) {
    return tensor.dtype() == DType.DOUBLE
        ? index(tensor.toDoubles())
        : index(tensor.length(), (from, target, n) -> tensor.read(from, target, 0, n));
  }

  private static long index(long size, Source source) {
    float[] slice = new float[(int) Math.min(LENGTH, size)];
    if (allFinite(size, source, slice)) {
      return -1;
    }
    for (long offset = 0; offset < size; offset += LENGTH) {
      int length = (int) Math.min(LENGTH, size - offset);
      source.read(offset, slice, length);
      int index = index(slice, length);
      if (index >= 0) {
        return offset + index;
      }
    }
    return -1;
  }

  /** A sum of zeros for each place in a slice: independent additions become vector instructions. */
  private static boolean allFinite(long size, Source source, float[] slice) {
    float[] sums = new float[slice.length];
    for (long offset = 0; offset < size; offset += LENGTH) {
      int length = (int) Math.min(LENGTH, size - offset);
      source.read(offset, slice, length);
      for (int i = 0; i < length; i++) {
        sums[i] += slice[i] * 0;
      }
    }
    float sum = 0;
    for (float each : sums) {
      sum += each;
    }
    return sum == 0;
  }

  private static long index(double[] values) {
    for (int i = 0; i < values.length; i++) {
      if (!Double.isFinite(values[i])) {
        return i;
      }
    }
    return -1;
  }
}
