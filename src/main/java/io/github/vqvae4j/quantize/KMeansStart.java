package io.github.vqvae4j.quantize;

import io.github.vqvae4j.random.Rng;
import java.util.Arrays;

/**
 * Where the centers of {@link KMeans} start: at rows drawn by the k-means++ rule (Arthur and
 * Vassilvitskii 2007, section 2.2), the next each time with probability in proportion to its
 * squared distance from the nearest center so far. Where that would take too long, for some
 * thousands of clusters, at rows drawn evenly.
 */
final class KMeansStart {
  /** Multiplications that the rule may take, a few seconds. */
  private static final double MOST_MULTIPLICATIONS = 4e9;

  private KMeansStart() {}

  /** Centers [k, d] among rows [n, d]. */
  static float[] centers(float[] rows, int d, int k, Rng rng) {
    int n = rows.length / d;
    float[] centers = new float[Math.multiplyExact(k, d)];
    double[] distances = new double[n];
    Arrays.fill(distances, 1);
    boolean evenly = (double) k * n * d > MOST_MULTIPLICATIONS;
    for (int i = 0; i < k; i++) {
      int drawn = evenly ? -1 : draw(distances, rng);
      int chosen = drawn < 0 ? rng.nextInt(n) : drawn;
      System.arraycopy(rows, chosen * d, centers, i * d, d);
      if (!evenly) {
        approach(rows, d, chosen, i == 0, distances);
      }
    }
    return centers;
  }

  /** What is left of each row's distance now that one of them is a center. */
  private static void approach(float[] rows, int d, int chosen, boolean first, double[] distances) {
    for (int j = 0; j < distances.length; j++) {
      double distance = 0;
      for (int c = 0; c < d; c++) {
        double difference = (double) rows[j * d + c] - rows[chosen * d + c];
        distance += difference * difference;
      }
      distances[j] = first ? distance : Math.min(distances[j], distance);
    }
  }

  /** An index with probability in proportion to its weight; -1 if all weights are 0. */
  static int draw(double[] weights, Rng rng) {
    double total = 0;
    for (double weight : weights) {
      total += weight;
    }
    double left = rng.nextDouble() * total;
    int last = -1;
    for (int i = 0; i < weights.length && left >= 0; i++) {
      if (weights[i] > 0) {
        left -= weights[i];
        last = i;
      }
    }
    return last;
  }
}
