package io.github.vqvae4j.tensor.internal;

import io.github.vqvae4j.random.Rng;
import java.util.Arrays;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * The searchable rows of a codebook: those that are finite and not a duplicate of an earlier row.
 */
public final class DistinctRows {
  private static final int INFINITY = Float.floatToRawIntBits(Float.POSITIVE_INFINITY);

  private final float[] values;
  private final int dimension;
  private final boolean[] searchable;
  private final float maxMagnitude;
  private final double[] mean;

  /** Finds the searchable rows of a codebook [k, d] in FLOAT. */
  public static DistinctRows of(INDArray codebook) {
    return new DistinctRows(HeapCopy.floatsOf(codebook), (int) codebook.size(1));
  }

  private DistinctRows(float[] values, int dimension) {
    this.values = values;
    this.dimension = dimension;
    searchable = new boolean[values.length / dimension];
    long[] weights = weights(dimension);
    long[] hashes = new long[searchable.length];
    int[] slots = new int[Integer.highestOneBit(Math.min(searchable.length, 1 << 28)) * 4];
    Arrays.fill(slots, -1);
    int maxBits = 0;
    for (int j = 0; j < searchable.length; j++) {
      int magnitude = 0;
      long hash = 0;
      for (int c = 0; c < dimension; c++) {
        // Adding 0 turns -0 into 0.
        int bits = Float.floatToRawIntBits(values[j * dimension + c] + 0f);
        magnitude = Math.max(magnitude, bits & Integer.MAX_VALUE);
        hash += bits * weights[c];
      }
      hashes[j] = hash;
      if (magnitude < INFINITY && isFirst(j, hashes, slots)) {
        searchable[j] = true;
        maxBits = Math.max(maxBits, magnitude);
      }
    }
    maxMagnitude = Float.intBitsToFloat(maxBits);
    mean = meanOfSearchable();
  }

  private double[] meanOfSearchable() {
    double[] sums = new double[dimension];
    int count = 0;
    for (int j = 0; j < searchable.length; j++) {
      if (searchable[j]) {
        count++;
        for (int c = 0; c < dimension; c++) {
          sums[c] += values[j * dimension + c];
        }
      }
    }
    for (int c = 0; c < dimension; c++) {
      sums[c] /= count;
    }
    return sums;
  }

  /**
   * Returns random odd factors of a multilinear hash: the upper bits of the sum of products collide
   * for different rows as rarely as random bits do (Lemire and Kaser 2014).
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
      if (values[a * dimension + c] != values[b * dimension + c]) {
        return false;
      }
    }
    return true;
  }

  /** Returns all rows [k, d], including those that are not searchable. */
  float[] values() {
    return values;
  }

  int dimension() {
    return dimension;
  }

  int count() {
    return searchable.length;
  }

  /** Returns whether a row is searchable. */
  boolean isSearchable(int row) {
    return searchable[row];
  }

  /** Returns whether no row is searchable. */
  boolean isEmpty() {
    for (boolean row : searchable) {
      if (row) {
        return false;
      }
    }
    return true;
  }

  /** Returns the maximum magnitude of an element in the searchable rows. */
  float maxMagnitude() {
    return maxMagnitude;
  }

  /** Returns the mean of the searchable rows; NaN if there are none. */
  double[] mean() {
    return mean;
  }
}
