package io.github.vqvae4j.tensor.internal;

import io.github.vqvae4j.random.Rng;
import java.util.Arrays;
import org.nd4j.linalg.api.ndarray.INDArray;

/** Which rows of a codebook a search may choose: finite ones, and of equal ones the first. */
public final class DistinctRows {
  private static final int INFINITY = Float.floatToRawIntBits(Float.POSITIVE_INFINITY);

  private final float[] numbers;
  private final int dimension;
  private final boolean[] present;
  private final float largest;
  private final double[] mean;

  /** Of numbers [k, d] in FLOAT. */
  public static DistinctRows of(INDArray codebook) {
    return new DistinctRows(HeapCopy.floatsOf(codebook), (int) codebook.size(1));
  }

  private DistinctRows(float[] numbers, int dimension) {
    this.numbers = numbers;
    this.dimension = dimension;
    present = new boolean[numbers.length / dimension];
    long[] weights = weights(dimension);
    long[] hashes = new long[present.length];
    int[] slots = new int[Integer.highestOneBit(Math.min(present.length, 1 << 28)) * 4];
    Arrays.fill(slots, -1);
    int most = 0;
    for (int j = 0; j < present.length; j++) {
      int magnitude = 0;
      long hash = 0;
      for (int c = 0; c < dimension; c++) {
        // Adding 0 makes -0 equal to 0.
        int bits = Float.floatToRawIntBits(numbers[j * dimension + c] + 0f);
        magnitude = Math.max(magnitude, bits & Integer.MAX_VALUE);
        hash += bits * weights[c];
      }
      hashes[j] = hash;
      if (magnitude < INFINITY && isFirst(j, hashes, slots)) {
        present[j] = true;
        most = Math.max(most, magnitude);
      }
    }
    largest = Float.intBitsToFloat(most);
    mean = meanOfPresent();
  }

  private double[] meanOfPresent() {
    double[] sums = new double[dimension];
    int count = 0;
    for (int j = 0; j < present.length; j++) {
      if (present[j]) {
        count++;
        for (int c = 0; c < dimension; c++) {
          sums[c] += numbers[j * dimension + c];
        }
      }
    }
    for (int c = 0; c < dimension; c++) {
      sums[c] /= count;
    }
    return sums;
  }

  /**
   * Random odd numbers. The upper bits of a sum of products with them are the same for different
   * rows as rarely as random bits are (Lemire and Kaser 2014).
   */
  private static long[] weights(int count) {
    long[] weights = new long[count];
    Rng rng = new Rng(1);
    for (int c = 0; c < count; c++) {
      weights[c] = rng.nextLong() | 1;
    }
    return weights;
  }

  private boolean isFirst(int j, long[] hashes, int[] slots) {
    int slot = (int) (hashes[j] >>> 32) & slots.length - 1;
    while (slots[slot] >= 0) {
      int other = slots[slot];
      if (hashes[other] == hashes[j] && equal(other, j)) {
        return false;
      }
      slot = slot + 1 & slots.length - 1;
    }
    slots[slot] = j;
    return true;
  }

  private boolean equal(int a, int b) {
    for (int c = 0; c < dimension; c++) {
      if (numbers[a * dimension + c] != numbers[b * dimension + c]) {
        return false;
      }
    }
    return true;
  }

  /** All rows [k, d], those too that are not to be chosen. */
  float[] numbers() {
    return numbers;
  }

  int dimension() {
    return dimension;
  }

  int count() {
    return present.length;
  }

  /** Whether a row may be chosen. */
  boolean has(int row) {
    return present[row];
  }

  /** Whether none may be. */
  boolean isEmpty() {
    for (boolean one : present) {
      if (one) {
        return false;
      }
    }
    return true;
  }

  /** The largest magnitude of a number in a row that may be chosen. */
  float largest() {
    return largest;
  }

  /** The mean of the rows that may be chosen; NaN if there is none. */
  double[] mean() {
    return mean;
  }
}
