package io.github.vqvae4j.tensor.internal;

import io.github.vqvae4j.tensor.Precision;
import java.util.Arrays;
import org.bytedeco.javacpp.FloatPointer;
import org.bytedeco.javacpp.indexer.FloatIndexer;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * The nearest row of a codebook for each of many rows. Since {@code ||x - e||^2 = ||x||^2 - 2 x e +
 * ||e||^2} and the first term is the same for every code, the code with the largest score {@code x
 * e - ||e||^2 / 2} is nearest, and scores are a matrix product. Rows and codes go in blocks, so
 * that memory does not grow with their numbers' product.
 */
public final class NearestRows {
  /** Scores in one block: half a megabyte, which stays in the second-level cache. */
  private static final int BLOCK = 1 << 17;

  /** Codes in a block. */
  private static final int MOST_CODES = 1024;

  /** Codes of which the kernel finds the largest score, so that only these are looked through. */
  private static final int GROUP = 32;

  /** An odd number near 2^32 / golden ratio spreads what it multiplies over the upper bits. */
  private static final int HASH = 0x9E3779B9;

  private final Kernels kernels;
  private final Arena arena;

  /** Of the codebook, whole groups: what is added, and what is not to be chosen, is 0. */
  private final INDArray table;

  /** -||e||^2 / 2, and for what is not to be chosen -infinity. */
  private final INDArray bias;

  private final int[] nearest;
  private final float[] largest;

  private NearestRows(Kernels kernels, Arena arena, float[] codes, float[] halfNorms, int rows) {
    this.kernels = kernels;
    this.arena = arena;
    int k = halfNorms.length;
    int d = codes.length / k;
    int whole = (k + GROUP - 1) / GROUP * GROUP;
    float[] padded = Arrays.copyOf(codes, whole * d);
    float[] added = new float[whole];
    for (int j = 0; j < whole; j++) {
      boolean valid = j < k && !Float.isNaN(halfNorms[j]);
      added[j] = valid ? -halfNorms[j] : Float.NEGATIVE_INFINITY;
      if (!valid) {
        Arrays.fill(padded, j * d, (j + 1) * d, 0);
      }
    }
    table = arena.allocate(Precision.FLOAT, whole, d);
    bias = arena.allocate(Precision.FLOAT, whole);
    HeapCopy.write(padded, 0, padded.length, table, 0);
    HeapCopy.write(added, 0, whole, bias, 0);
    nearest = new int[rows];
    largest = new float[rows];
  }

  /** For each row of x [n, d] the index of the nearest row of the codebook [k, d], lowest first. */
  public static int[] search(
      Kernels kernels, Arena arena, Precision precision, INDArray x, INDArray codebook) {
    int n = Math.toIntExact(x.size(0));
    int d = (int) x.size(1);
    int k = Math.toIntExact(codebook.size(0));
    if (precision == Precision.DOUBLE) {
      int[] nearest = new int[n];
      searchExactly(HeapCopy.doublesOf(x), HeapCopy.doublesOf(codebook), d, nearest);
      return nearest;
    }
    float[] codes = HeapCopy.floatsOf(codebook);
    float[] halfNorms = halfNorms(codes, k, d);
    int[] firstEqual = firstEqual(codes, halfNorms, d);
    NearestRows search = new NearestRows(kernels, arena, codes, halfNorms, n);
    search.run(x);
    for (int i = 0; i < n; i++) {
      search.nearest[i] = firstEqual[search.nearest[i]];
    }
    return search.nearest;
  }

  private void run(INDArray x) {
    int n = nearest.length;
    int d = (int) x.size(1);
    int whole = (int) bias.length();
    int count = Math.min(whole, MOST_CODES);
    int block = Math.min(n, BLOCK / count);
    Arrays.fill(largest, Float.NEGATIVE_INFINITY);
    for (int from = 0; from < n; from += block) {
      int rows = Math.min(block, n - from);
      INDArray part = arena.part(x, (long) from * d, Precision.FLOAT, rows, d);
      for (int first = 0; first < whole; first += count) {
        int some = Math.min(count, whole - first);
        INDArray scores = arena.allocate(Precision.FLOAT, rows, some);
        INDArray best = arena.allocate(Precision.FLOAT, rows, some / GROUP);
        kernels.scores(
            part,
            arena.part(table, (long) first * d, Precision.FLOAT, some, d),
            arena.part(bias, first, Precision.FLOAT, some),
            scores,
            best);
        compare(from, first, scores, best);
        arena.release(scores, Precision.FLOAT);
        arena.release(best, Precision.FLOAT);
      }
    }
    arena.release(table, Precision.FLOAT);
    arena.release(bias, Precision.FLOAT);
  }

  /** Looks through the scores of rows and codes from these on. */
  private void compare(int firstRow, int firstCode, INDArray scores, INDArray best) {
    int rows = (int) best.size(0);
    int groups = (int) best.size(1);
    float[] ofGroups = HeapCopy.floatsOf(best);
    FloatIndexer all = FloatIndexer.create((FloatPointer) scores.data().pointer());
    for (int i = 0; i < rows; i++) {
      float most = largest[firstRow + i];
      int group = -1;
      for (int g = 0; g < groups; g++) {
        if (ofGroups[i * groups + g] > most) {
          most = ofGroups[i * groups + g];
          group = g;
        }
      }
      if (group >= 0) {
        long place = ((long) i * groups + group) * GROUP;
        int j = 0;
        while (j < GROUP - 1 && all.get(place + j) != most) {
          j++;
        }
        largest[firstRow + i] = most;
        nearest[firstRow + i] = firstCode + group * GROUP + j;
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
