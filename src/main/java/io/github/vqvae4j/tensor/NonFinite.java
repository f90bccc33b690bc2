package io.github.vqvae4j.tensor;

/** Finds the first NaN or infinity in arrays, variables and tensors. */
public final class NonFinite {
  /** The number of values per chunk, which fits into the L1 cache. */
  private static final int CHUNK = 2048;

  private interface Source {
    void read(long offset, float[] target, int length);
  }

  private NonFinite() {}

  /**
   * Returns the index of the first NaN or infinity in an array.
   *
   * @param values the array
   * @param length the number of elements to search, from the start
   * @return the index, or -1 if all elements are finite
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
   * Returns the index of the first NaN or infinity in a variable.
   *
   * @param variable a FLOAT or DOUBLE variable
   * @return the index in row-major order, or -1 if all elements are finite
   */
  public static long index(Variable variable) {
    return variable.dtype() == DType.DOUBLE
        ? index(variable.toDoubles())
        : index(variable.size(), (offset, target, n) -> variable.read(offset, target, 0, n));
  }

  /**
   * Returns the index of the first NaN or infinity in a tensor.
   *
   * @param tensor a FLOAT or DOUBLE tensor
   * @return the index in row-major order, or -1 if all elements are finite
   */
  public static long index(Tensor tensor) {
    return tensor.dtype() == DType.DOUBLE
        ? index(tensor.toDoubles())
        : index(tensor.length(), (offset, target, n) -> tensor.read(offset, target, 0, n));
  }

  private static long index(long size, Source source) {
    float[] chunk = new float[(int) Math.min(CHUNK, size)];
    if (allFinite(size, source, chunk)) {
      return -1;
    }
    for (long offset = 0; offset < size; offset += CHUNK) {
      int length = (int) Math.min(CHUNK, size - offset);
      source.read(offset, chunk, length);
      int index = index(chunk, length);
      if (index >= 0) {
        return offset + index;
      }
    }
    return -1;
  }

  /** Sums x * 0 separately for each position in a chunk, so that the additions are vectorized. */
  private static boolean allFinite(long size, Source source, float[] chunk) {
    float[] sums = new float[chunk.length];
    for (long offset = 0; offset < size; offset += CHUNK) {
      int length = (int) Math.min(CHUNK, size - offset);
      source.read(offset, chunk, length);
      for (int i = 0; i < length; i++) {
        sums[i] += chunk[i] * 0;
      }
    }
    float sum = 0;
    for (float partial : sums) {
      sum += partial;
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
