package io.github.vqvae4j.quantize;

import io.github.vqvae4j.tensor.Rng;
import io.github.vqvae4j.tensor.Step;
import io.github.vqvae4j.tensor.Tensor;
import java.util.Arrays;

/**
 * K-means: centers start at vectors drawn by the k-means++ rule (Arthur and Vassilvitskii 2007,
 * section 2.2), the next each time with probability in proportion to its squared distance from the
 * nearest center so far; then Lloyd's iterations assign each vector to the nearest center and move
 * each center to the mean of its vectors. Where that rule would take too long, for codebooks of
 * some thousands, centers start at vectors drawn evenly. A center left without vectors moves to a
 * random vector.
 */
final class KMeans {
  private static final int ITERATIONS = 10;

  /** Multiplications that seeding by k-means++ may take, a few seconds. */
  private static final double MOST_SEEDING = 4e9;

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
   * @param rng for all choices
   */
  static KMeans fit(float[] vectors, int d, int k, Rng rng) {
    int n = vectors.length / d;
    if (n < 1 || vectors.length % d != 0) {
      throw new IllegalArgumentException(
          "KMeans: expected rows of " + d + " numbers, got " + vectors.length + " numbers.");
    }
    float[] centers = seed(vectors, d, k, rng);
    int[] sizes = new int[k];
    for (int i = 0; i < ITERATIONS; i++) {
      sizes = move(vectors, d, centers, rng);
    }
    return new KMeans(centers, sizes);
  }

  private static float[] seed(float[] vectors, int d, int k, Rng rng) {
    int n = vectors.length / d;
    float[] centers = new float[k * d];
    double[] distances = new double[n];
    Arrays.fill(distances, 1);
    if ((double) k * n * d > MOST_SEEDING) {
      for (int i = 0; i < k; i++) {
        System.arraycopy(vectors, rng.nextInt(n) * d, centers, i * d, d);
      }
      return centers;
    }
    for (int i = 0; i < k; i++) {
      int chosen = draw(distances, rng);
      System.arraycopy(vectors, chosen * d, centers, i * d, d);
      for (int j = 0; j < n; j++) {
        float distance = squaredDistance(vectors, j * d, vectors, chosen * d, d);
        distances[j] = i == 0 ? distance : Math.min(distances[j], distance);
      }
    }
    return centers;
  }

  /** An index with probability in proportion to its weight; any, if all weights are 0. */
  static int draw(double[] weights, Rng rng) {
    double total = 0;
    for (double weight : weights) {
      total += weight;
    }
    double left = rng.nextDouble() * total;
    for (int i = 0; i < weights.length; i++) {
      left -= weights[i];
      if (left < 0) {
        return i;
      }
    }
    return rng.nextInt(weights.length);
  }

  private static float squaredDistance(float[] a, int atA, float[] b, int atB, int d) {
    float sum = 0;
    for (int i = 0; i < d; i++) {
      float difference = a[atA + i] - b[atB + i];
      sum += difference * difference;
    }
    return sum;
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
