package io.github.vqvae4j.quantize;

import io.github.vqvae4j.random.Rng;
import java.nio.FloatBuffer;
import java.util.Arrays;
import java.util.TreeSet;

/**
 * Builds a codebook of distinct codes from cluster centers. There may be fewer centers than codes,
 * or equal centers if there were fewer distinct vectors than clusters. Each missing or duplicate
 * code is placed close to one center, in the direction of another, similar to code splitting in the
 * algorithm of Linde, Buzo and Gray (1980).
 */
final class CodeSplitting {
  /** The maximum fraction of the distance to the other center. */
  private static final double MAX_FRACTION = 0.1;

  /** The number of attempts to find a distinct code, since two centers may be adjacent floats. */
  private static final int MAX_ATTEMPTS = 10;

  private CodeSplitting() {}

  /**
   * Returns codes [k, d], all distinct unless the centers are equal or have no floats between them.
   */
  static float[] distinctCodes(float[] centers, int d, int k, Rng rng) {
    float[] codes = Arrays.copyOf(centers, k * d);
    TreeSet<FloatBuffer> existing = new TreeSet<>();
    int[] distinct = new int[k];
    int[] missing = new int[k];
    int count = 0;
    int missingCount = 0;
    for (int j = 0; j < k; j++) {
      if (j < centers.length / d && existing.add(row(codes, d, j))) {
        distinct[count++] = j;
      } else {
        missing[missingCount++] = j;
      }
    }
    for (int i = 0; i < missingCount; i++) {
      boolean isNew = false;
      for (int attempt = 0; attempt < MAX_ATTEMPTS && !isNew; attempt++) {
        int near = i % count;
        int far = count == 1 ? 0 : (near + 1 + rng.nextInt(count - 1)) % count;
        double fraction = MAX_FRACTION * rng.nextDouble();
        for (int c = 0; c < d; c++) {
          double start = codes[distinct[near] * d + c];
          double difference = codes[distinct[far] * d + c] - start;
          codes[missing[i] * d + c] = (float) (start + fraction * difference);
        }
        isNew = existing.add(row(codes, d, missing[i]));
      }
    }
    return codes;
  }

  private static FloatBuffer row(float[] codes, int d, int j) {
    return FloatBuffer.wrap(codes, j * d, d);
  }
}
