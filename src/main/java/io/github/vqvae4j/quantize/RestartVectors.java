package io.github.vqvae4j.quantize;

import io.github.vqvae4j.random.Rng;
import java.util.Arrays;

/**
 * The vectors of a batch that dead codes restart from. They are drawn in proportion to their
 * squared distance from their own code: drawn evenly, codes would gather where many vectors are
 * alike and well represented already. A vector that a code stands at, from before or since this
 * draw, is not drawn, and so there may be fewer than are asked for.
 */
final class RestartVectors {
  private final double[] vectors;
  private final int d;
  private final double[] codebook;
  private final double[] errors;

  /**
   * Those of a batch.
   *
   * @param vectors [n, D]
   * @param codes of each vector; -1 for one that is not to be drawn
   * @param codebook [K, D]
   */
  RestartVectors(double[] vectors, int[] codes, double[] codebook, int d) {
    this.vectors = vectors;
    this.d = d;
    this.codebook = codebook;
    errors = new double[codes.length];
    for (int i = 0; i < codes.length; i++) {
      for (int j = 0; codes[i] >= 0 && j < d; j++) {
        double difference = vectors[i * d + j] - codebook[codes[i] * d + j];
        errors[i] += difference * difference;
      }
    }
  }

  /** The indices of at most so many vectors, no two of them equal. */
  int[] draw(int most, Rng rng) {
    int[] drawn = new int[most];
    int count = 0;
    for (int i = 0; count < most && i >= 0; ) {
      i = KMeansStart.draw(errors, rng);
      if (i >= 0) {
        if (!isCode(i)) {
          drawn[count++] = i;
        }
        leaveOut(i);
      }
    }
    return Arrays.copyOf(drawn, count);
  }

  private boolean isCode(int vector) {
    boolean found = false;
    for (int from = 0; from < codebook.length && !found; from += d) {
      found = equal(vector, codebook, from);
    }
    return found;
  }

  private void leaveOut(int vector) {
    for (int i = 0; i < errors.length; i++) {
      if (errors[i] > 0 && equal(vector, vectors, i * d)) {
        errors[i] = 0;
      }
    }
  }

  private boolean equal(int vector, double[] rows, int from) {
    for (int j = 0; j < d; j++) {
      if (vectors[vector * d + j] != rows[from + j]) {
        return false;
      }
    }
    return true;
  }
}
