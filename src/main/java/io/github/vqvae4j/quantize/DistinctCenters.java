package io.github.vqvae4j.quantize;

import io.github.vqvae4j.random.Rng;
import java.nio.FloatBuffer;
import java.util.Arrays;
import java.util.TreeSet;

/**
 * A codebook from cluster centers that may be too few, or equal where there were fewer different
 * vectors than clusters. Two equal codes are worth one, so each that is missing or equal to an
 * earlier one starts beside one center, on the way to another, as codes are split in the algorithm
 * of Linde, Buzo and Gray (1980).
 */
final class DistinctCenters {
  /** The largest part of the way. */
  private static final double NEAR = 0.1;

  /** So often another place is tried, where float has hardly any between two centers. */
  private static final int ATTEMPTS = 10;

  private DistinctCenters() {}

  /** K codes [k, d], all different unless all centers are equal or have no numbers between them. */
  static float[] of(float[] centers, int d, int k, Rng rng) {
    float[] codes = Arrays.copyOf(centers, k * d);
    TreeSet<FloatBuffer> taken = new TreeSet<>();
    int[] different = new int[k];
    int[] others = new int[k];
    int count = 0;
    int missing = 0;
    for (int j = 0; j < k; j++) {
      if (j < centers.length / d && taken.add(row(codes, d, j))) {
        different[count++] = j;
      } else {
        others[missing++] = j;
      }
    }
    for (int i = 0; i < missing; i++) {
      boolean isNew = false;
      for (int attempt = 0; attempt < ATTEMPTS && !isNew; attempt++) {
        int near = i % count;
        int far = count == 1 ? 0 : (near + 1 + rng.nextInt(count - 1)) % count;
        double share = NEAR * rng.nextDouble();
        for (int c = 0; c < d; c++) {
          double start = codes[different[near] * d + c];
          double difference = codes[different[far] * d + c] - start;
          codes[others[i] * d + c] = (float) (start + share * difference);
        }
        isNew = taken.add(row(codes, d, others[i]));
      }
    }
    return codes;
  }

  private static FloatBuffer row(float[] codes, int d, int j) {
    return FloatBuffer.wrap(codes, j * d, d);
  }
}
