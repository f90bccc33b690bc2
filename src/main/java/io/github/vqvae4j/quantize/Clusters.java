package io.github.vqvae4j.quantize;

import io.github.vqvae4j.random.Rng;
import io.github.vqvae4j.tensor.Step;
import java.util.Arrays;

/** Centers on their way through the iterations of {@link KMeans}, and the rows of each. */
final class Clusters {
  /** Numbers that go through a search at once, 4 MB of floats. */
  private static final int BLOCK = 1 << 20;

  private final float[] rows;
  private final int d;
  private final float[] centers;
  private final int[] sizes;
  private final double[] errors;
  private int[] nearest;

  /** Centers [k, d], which are changed in place, of rows [n, d]. */
  Clusters(float[] rows, int d, float[] centers) {
    this.rows = rows;
    this.d = d;
    this.centers = centers;
    sizes = new int[centers.length / d];
    errors = new double[rows.length / d];
  }

  /** Assigns each row to its nearest center; gives the inertia. */
  double assign() {
    nearest = nearest(rows, d, centers);
    Arrays.fill(sizes, 0);
    double inertia = 0;
    for (int i = 0; i < nearest.length; i++) {
      sizes[nearest[i]]++;
      errors[i] = 0;
      for (int c = 0; c < d; c++) {
        double difference = (double) rows[i * d + c] - centers[nearest[i] * d + c];
        errors[i] += difference * difference;
      }
      inertia += errors[i];
    }
    return inertia;
  }

  /**
   * Moves each center to the mean of its rows, and one without rows to a row, drawn in proportion
   * to the squared distance from its center, unless all rows are centers.
   */
  void move(Rng rng) {
    double[] sums = new double[centers.length];
    for (int i = 0; i < nearest.length; i++) {
      for (int c = 0; c < d; c++) {
        sums[nearest[i] * d + c] += rows[i * d + c];
      }
    }
    for (int k = 0; k < sizes.length; k++) {
      if (sizes[k] == 0) {
        int chosen = KMeansStart.draw(errors, rng);
        if (chosen >= 0) {
          errors[chosen] = 0;
          System.arraycopy(rows, chosen * d, centers, k * d, d);
        }
      } else {
        for (int c = 0; c < d; c++) {
          centers[k * d + c] = (float) (sums[k * d + c] / sizes[k]);
        }
      }
    }
  }

  /**
   * Moves each center towards those rows of a batch that are nearest to it, so that it is the mean
   * of all rows it ever had (Sculley 2010, algorithm 1).
   *
   * @param seen how many rows each center had so far, added to here
   */
  void approach(float[] batch, long[] seen) {
    int[] chosen = nearest(batch, d, centers);
    for (int i = 0; i < chosen.length; i++) {
      long count = ++seen[chosen[i]];
      for (int c = 0; c < d; c++) {
        int at = chosen[i] * d + c;
        double difference = (double) batch[i * d + c] - centers[at];
        centers[at] = (float) (centers[at] + difference / count);
      }
    }
  }

  float[] centers() {
    return centers;
  }

  int[] sizes() {
    return sizes;
  }

  /** The nearest center of each row, the lowest of equals. */
  static int[] nearest(float[] rows, int d, float[] centers) {
    int[] nearest = new int[rows.length / d];
    int block = Math.max(1, BLOCK / d);
    for (int from = 0; from < nearest.length; from += block) {
      int count = Math.min(block, nearest.length - from);
      float[] part = Arrays.copyOfRange(rows, from * d, (from + count) * d);
      try (Step step = Step.inference()) {
        int[] found =
            step.tensor(part, count, d)
                .nearestRows(step.tensor(centers, centers.length / d, d))
                .toInts();
        System.arraycopy(found, 0, nearest, from, count);
      }
    }
    return nearest;
  }
}
