package io.github.vqvae4j.tensor.internal;

import io.github.vqvae4j.tensor.Precision;
import java.util.Arrays;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * The nearest row of a codebook for each of many rows. Since {@code ||x - e||^2 = ||x||^2 - 2 x e +
 * ||e||^2} and the first term is the same for every code, it compares {@code ||e||^2 / 2 - x e},
 * whose product is a matrix product. Rows and codes go in blocks, so that memory does not grow with
 * their numbers' product.
 */
public final class NearestRows {
  /** Numbers in one block of products: 1 MB of floats, which stays in the second-level cache. */
  private static final int BLOCK = 1 << 18;

  /** Codes in a block. */
  private static final int MOST_CODES = 1024;

  /** Codes whose smallest distance is found first. */
  private static final int GROUP = 32;

  /** An odd number near 2^32 / golden ratio spreads what it multiplies over the upper bits. */
  private static final int HASH = 0x9E3779B9;

  private NearestRows() {}

  /** For each row of x [n, d] the index of the nearest row of the codebook [k, d], lowest first. */
  public static int[] search(
      Kernels kernels, Arena arena, Precision precision, INDArray x, INDArray codebook) {
    int n = Math.toIntExact(x.size(0));
    int d = (int) x.size(1);
    int k = Math.toIntExact(codebook.size(0));
    int[] nearest = new int[n];
    if (precision == Precision.DOUBLE) {
      searchExactly(HeapCopy.doublesOf(x), HeapCopy.doublesOf(codebook), d, nearest);
      return nearest;
    }
    float[] codes = HeapCopy.floatsOf(codebook);
    float[] halfNorms = halfNorms(codes, k, d);
    int[] firstEqual = firstEqual(codes, halfNorms, d);
    int count = Math.min(k, MOST_CODES);
    int block = Math.min(n, BLOCK / count);
    Search search = new Search(halfNorms, block, count);
    for (int from = 0; from < n; from += block) {
      int rows = Math.min(block, n - from);
      INDArray part = arena.part(x, (long) from * d, precision, rows, d);
      search.begin();
      for (int first = 0; first < k; first += count) {
        int some = Math.min(count, k - first);
        INDArray result = arena.allocate(precision, some, rows);
        INDArray table = arena.part(codebook, (long) first * d, precision, some, d);
        kernels.matmul(table, false, part, true, result);
        search.compare(result, first, some, rows);
        arena.release(result, precision);
      }
      for (int i = 0; i < rows; i++) {
        nearest[from + i] = firstEqual[search.nearest[i]];
      }
    }
    return nearest;
  }

  /**
   * The search in a block of rows. It finds the smallest distance in each group of codes for all
   * rows at once, which plain loops do in vector instructions, and then looks for its place in the
   * best group only.
   */
  private static final class Search {
    final int[] nearest;
    private final float[] halfNorms;
    private final float[] smallest;
    private final float[] ofGroup;
    private final float[] ofCode;
    private final int[] group;
    private final float[] products;

    Search(float[] halfNorms, int rows, int codes) {
      this.halfNorms = halfNorms;
      nearest = new int[rows];
      smallest = new float[rows];
      ofGroup = new float[rows];
      ofCode = new float[rows];
      group = new int[rows];
      products = new float[rows * codes];
    }

    void begin() {
      Arrays.fill(smallest, Float.POSITIVE_INFINITY);
      Arrays.fill(nearest, 0);
    }

    /** Goes on with codes from {@code first} on, given their products [count, rows]. */
    void compare(INDArray result, int first, int count, int rows) {
      HeapCopy.read(result, 0, products, 0, rows * count);
      Arrays.fill(group, -1);
      for (int begin = 0; begin < count; begin += GROUP) {
        smallestOfGroup(first, begin, Math.min(begin + GROUP, count), rows);
        for (int i = 0; i < rows; i++) {
          if (ofGroup[i] < smallest[i]) {
            smallest[i] = ofGroup[i];
            group[i] = begin;
          }
        }
      }
      for (int i = 0; i < rows; i++) {
        if (group[i] >= 0) {
          int j = group[i];
          while (halfNorms[first + j] - products[j * rows + i] != smallest[i]) {
            j++;
          }
          nearest[i] = first + j;
        }
      }
    }

    private void smallestOfGroup(int first, int begin, int end, int rows) {
      Arrays.fill(ofGroup, Float.POSITIVE_INFINITY);
      for (int j = begin; j < end; j++) {
        float halfNorm = halfNorms[first + j];
        if (!Float.isNaN(halfNorm)) {
          // A copy, since a loop becomes vector instructions only if it reads at one index.
          System.arraycopy(products, j * rows, ofCode, 0, rows);
          for (int i = 0; i < rows; i++) {
            ofGroup[i] = Math.min(ofGroup[i], halfNorm - ofCode[i]);
          }
        }
      }
    }
  }

  private static float[] halfNorms(float[] codebook, int k, int d) {
    float[] norms = new float[k];
    for (int j = 0; j < k; j++) {
      float sum = 0;
      for (int i = 0; i < d; i++) {
        sum += codebook[j * d + i] * codebook[j * d + i];
      }
      norms[j] = sum / 2;
    }
    return norms;
  }

  /**
   * For each code the lowest that equals it: a matrix product may sum equal columns in different
   * orders, so that rounding would pick one of them. Equal codes have equal norms, so a table of
   * norms finds them.
   */
  private static int[] firstEqual(float[] codebook, float[] norms, int d) {
    int[] first = new int[norms.length];
    int[] table = new int[Integer.highestOneBit(norms.length) * 4];
    Arrays.fill(table, -1);
    for (int j = 0; j < first.length; j++) {
      int slot =
          Float.floatToIntBits(norms[j]) * HASH >>> Integer.numberOfLeadingZeros(table.length - 1);
      while (table[slot] >= 0 && !equal(codebook, table[slot], j, d)) {
        slot = slot + 1 & table.length - 1;
      }
      if (table[slot] < 0) {
        table[slot] = j;
      }
      first[j] = table[slot];
    }
    return first;
  }

  private static boolean equal(float[] codebook, int a, int b, int d) {
    for (int i = 0; i < d; i++) {
      // Adding 0 makes -0 equal to 0; NaN equals itself here.
      if (Float.compare(codebook[a * d + i] + 0f, codebook[b * d + i] + 0f) != 0) {
        return false;
      }
    }
    return true;
  }

  private static void searchExactly(double[] x, double[] codebook, int d, int[] nearest) {
    for (int i = 0; i < nearest.length; i++) {
      double smallest = Double.POSITIVE_INFINITY;
      for (int j = 0; j < codebook.length / d; j++) {
        double distance = 0;
        for (int c = 0; c < d; c++) {
          double difference = x[i * d + c] - codebook[j * d + c];
          distance += difference * difference;
        }
        if (distance < smallest) {
          smallest = distance;
          nearest[i] = j;
        }
      }
    }
  }
}
