package io.github.vqvae4j.tensor.internal;

import io.github.vqvae4j.tensor.Precision;
import java.nio.FloatBuffer;
import java.util.Map;
import java.util.TreeMap;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * The nearest row of a codebook for each of many rows. Since {@code ||x - e||^2 = ||x||^2 - 2 x e +
 * ||e||^2} and the first term is the same for every code, it compares {@code ||e||^2 - 2 x e},
 * whose product is one matrix product. Rows go in blocks, so that memory does not grow with their
 * number.
 */
public final class NearestRows {
  /** Numbers in one block of products: 1 MB of floats, which stays in the second-level cache. */
  private static final int BLOCK = 1 << 18;

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
    float[] norms = squaredNorms(codes, k, d);
    int[] firstEqual = firstEqual(codes, k, d);
    int block = Math.max(1, Math.min(n, BLOCK / k));
    float[] products = new float[block * k];
    for (int from = 0; from < n; from += block) {
      int rows = Math.min(block, n - from);
      INDArray result = arena.allocate(precision, rows, k);
      INDArray part = arena.part(x, (long) from * d, precision, rows, d);
      kernels.matmul(part, false, codebook, true, result);
      HeapCopy.read(result, 0, products, 0, rows * k);
      arena.release(result, precision);
      for (int i = 0; i < rows; i++) {
        nearest[from + i] = firstEqual[argmin(products, i * k, norms)];
      }
    }
    return nearest;
  }

  private static int argmin(float[] products, int offset, float[] norms) {
    int best = 0;
    float smallest = Float.POSITIVE_INFINITY;
    for (int j = 0; j < norms.length; j++) {
      float distance = norms[j] - 2 * products[offset + j];
      if (distance < smallest) {
        smallest = distance;
        best = j;
      }
    }
    return best;
  }

  private static float[] squaredNorms(float[] codebook, int k, int d) {
    float[] norms = new float[k];
    for (int j = 0; j < k; j++) {
      float sum = 0;
      for (int i = 0; i < d; i++) {
        sum += codebook[j * d + i] * codebook[j * d + i];
      }
      norms[j] = sum;
    }
    return norms;
  }

  /**
   * For each code the lowest that equals it: a matrix product may sum equal columns in different
   * orders, so that rounding would pick one of them.
   */
  private static int[] firstEqual(float[] codebook, int k, int d) {
    Map<FloatBuffer, Integer> seen = new TreeMap<>();
    int[] first = new int[k];
    for (int j = 0; j < k; j++) {
      Integer earlier = seen.putIfAbsent(FloatBuffer.wrap(codebook, j * d, d), j);
      first[j] = earlier == null ? j : earlier;
    }
    return first;
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
