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
    int columns = Math.min(k, MOST_CODES);
    int block = Math.min(n, BLOCK / columns);
    float[] products = new float[block * columns];
    float[] smallest = new float[n];
    Arrays.fill(smallest, Float.POSITIVE_INFINITY);
    for (int from = 0; from < n; from += block) {
      int rows = Math.min(block, n - from);
      INDArray part = arena.part(x, (long) from * d, precision, rows, d);
      for (int first = 0; first < k; first += columns) {
        int count = Math.min(columns, k - first);
        INDArray some = arena.part(codebook, (long) first * d, precision, count, d);
        INDArray result = arena.allocate(precision, rows, count);
        kernels.matmul(part, false, some, true, result);
        HeapCopy.read(result, 0, products, 0, rows * count);
        arena.release(result, precision);
        for (int i = 0; i < rows; i++) {
          int best = argmin(products, i * count, halfNorms, first, count);
          float distance = halfNorms[first + best] - products[i * count + best];
          if (distance < smallest[from + i]) {
            smallest[from + i] = distance;
            nearest[from + i] = firstEqual[first + best];
          }
        }
      }
    }
    return nearest;
  }

  /** The lowest j with the smallest halfNorms[first + j] - products[offset + j]. */
  private static int argmin(float[] products, int offset, float[] halfNorms, int first, int count) {
    // Four searches side by side, none of which waits for another.
    float a = Float.POSITIVE_INFINITY;
    float b = a;
    float c = a;
    float d = a;
    int ja = 0;
    int jb = 0;
    int jc = 0;
    int jd = 0;
    int j = 0;
    for (; j < count - 3; j += 4) {
      float da = halfNorms[first + j] - products[offset + j];
      float db = halfNorms[first + j + 1] - products[offset + j + 1];
      float dc = halfNorms[first + j + 2] - products[offset + j + 2];
      float dd = halfNorms[first + j + 3] - products[offset + j + 3];
      if (da < a) {
        a = da;
        ja = j;
      }
      if (db < b) {
        b = db;
        jb = j + 1;
      }
      if (dc < c) {
        c = dc;
        jc = j + 2;
      }
      if (dd < d) {
        d = dd;
        jd = j + 3;
      }
    }
    if (b < a || b == a && jb < ja) {
      a = b;
      ja = jb;
    }
    if (d < c || d == c && jd < jc) {
      c = d;
      jc = jd;
    }
    if (c < a || c == a && jc < ja) {
      a = c;
      ja = jc;
    }
    for (; j < count; j++) {
      float distance = halfNorms[first + j] - products[offset + j];
      if (distance < a) {
        a = distance;
        ja = j;
      }
    }
    return ja;
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
