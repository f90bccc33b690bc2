package io.github.vqvae4j.quantize;

import io.github.vqvae4j.tensor.Rng;
import io.github.vqvae4j.tensor.Step;
import io.github.vqvae4j.tensor.Tensor;

/**
 * Lloyd's k-means: assigns each vector to the nearest center and moves each center to the mean of
 * its vectors, in turn. A center left without vectors moves to a random vector.
 */
final class KMeans {
  private static final int ITERATIONS = 10;

  private final float[] centers;
  private final int[] sizes;

  private KMeans(float[] centers, int[] sizes) {
    this.centers = centers;
    this.sizes = sizes;
  }

  /**
   * Finds k clusters.
   *
   * @param vectors row by row, [n, d]
   * @param d numbers in a vector
   * @param k clusters
   * @param rng chooses the vectors that centers start from
   */
  static KMeans fit(float[] vectors, int d, int k, Rng rng) {
    int n = vectors.length / d;
    if (n < 1 || vectors.length % d != 0) {
      throw new IllegalArgumentException(
          "KMeans: expected rows of " + d + " numbers, got " + vectors.length + " numbers.");
    }
    float[] centers = new float[k * d];
    for (int i = 0; i < k; i++) {
      System.arraycopy(vectors, rng.nextInt(n) * d, centers, i * d, d);
    }
    int[] sizes = new int[k];
    for (int i = 0; i < ITERATIONS; i++) {
      sizes = move(vectors, d, centers, rng);
    }
    return new KMeans(centers, sizes);
  }

  private static int[] move(float[] vectors, int d, float[] centers, Rng rng) {
    int n = vectors.length / d;
    int k = centers.length / d;
    int[] nearest;
    try (Step step = Step.inference()) {
      Tensor table = step.tensor(centers, k, d);
      nearest = step.tensor(vectors, n, d).nearestRows(table);
    }
    double[] sums = new double[centers.length];
    int[] sizes = new int[k];
    for (int i = 0; i < n; i++) {
      sizes[nearest[i]]++;
      for (int j = 0; j < d; j++) {
        sums[nearest[i] * d + j] += vectors[i * d + j];
      }
    }
    for (int i = 0; i < k; i++) {
      int random = sizes[i] == 0 ? rng.nextInt(n) : 0;
      for (int j = 0; j < d; j++) {
        centers[i * d + j] =
            sizes[i] == 0 ? vectors[random * d + j] : (float) (sums[i * d + j] / sizes[i]);
      }
    }
    return sizes;
  }

  /** The centers, row by row, [k, d]. */
  float[] centers() {
    return centers;
  }

  /** How many vectors each center has. */
  int[] sizes() {
    return sizes;
  }
}
