package io.github.vqvae4j.quantize;

import io.github.vqvae4j.random.Rng;
import java.util.Arrays;

/**
 * The k-means++ initialization of {@link KMeans} (Arthur and Vassilvitskii 2007, section 2.2).
 * Centers are sampled from the rows one after another, each with probability proportional to its
 * squared distance from the nearest center chosen so far. If that would take too long, as with
 * thousands of clusters, rows are sampled uniformly instead.
 */
final class KMeansPlusPlus {
  /** The maximum number of multiplications, which take a few seconds. */
  private static final double MAX_MULTIPLICATIONS = 4e9;

  private KMeansPlusPlus() {}

  /** Returns initial centers [k, d] sampled from rows [n, d]. */
  static float[] initialCenters(float[] rows, int d, int k, Rng rng) {
    int n = rows.length / d;
    float[] centers = new float[Math.multiplyExact(k, d)];
    double[] distances = new double[n];
    Arrays.fill(distances, 1);
    boolean uniform = (double) k * n * d > MAX_MULTIPLICATIONS;
    for (int i = 0; i < k; i++) {
      int sampled = uniform ? -1 : sample(distances, rng);
      int chosen = sampled < 0 ? rng.nextInt(n) : sampled;
      System.arraycopy(rows, chosen * d, centers, i * d, d);
      if (!uniform) {
        updateDistances(rows, d, chosen, i == 0, distances);
      }
    }
    return centers;
  }

  /** Updates each row's squared distance to its nearest center after a center was added. */
  private static void updateDistances(
      float[] rows, int d, int chosen, boolean first, double[] distances) {
    for (int j = 0; j < distances.length; j++) {
      double distance = 0;
      for (int c = 0; c < d; c++) {
        double difference = (double) rows[j * d + c] - rows[chosen * d + c];
        distance += difference * difference;
      }
      distances[j] = first ? distance : Math.min(distances[j], distance);
    }
  }

  /** Samples an index with probability proportional to its weight; -1 if all weights are 0. */
  static int sample(double[] weights, Rng rng) {
    double total = 0;
    for (double weight : weights) {
      total += weight;
    }
    double remaining = rng.nextDouble() * total;
    int last = -1;
    for (int i = 0; i < weights.length && remaining >= 0; i++) {
      if (weights[i] > 0) {
        remaining -= weights[i];
        last = i;
      }
    }
    return last;
  }
}
