package io.github.vqvae4j.quantize;

import io.github.vqvae4j.parallel.ThreadPool;
import io.github.vqvae4j.parallel.Threads;
import io.github.vqvae4j.random.Rng;
import io.github.vqvae4j.tensor.Step;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** The state of {@link KMeans} during fitting: centers, assignments and cluster sizes. */
final class KMeansState {
  /** The minimum number of values searched in one chunk, 1 MB of floats. */
  private static final int MIN_CHUNK = 1 << 18;

  /** The maximum number of values searched in one chunk, 4 MB of floats. */
  private static final int MAX_CHUNK = 1 << 20;

  private final float[] rows;
  private final int d;
  private final float[] centers;
  private final int[] sizes;
  private final double[] errors;
  private int[] nearest;

  /** Creates the state for rows [n, d] with initial centers [k, d], which are updated in place. */
  KMeansState(float[] rows, int d, float[] centers) {
    this.rows = rows;
    this.d = d;
    this.centers = centers;
    sizes = new int[centers.length / d];
    errors = new double[rows.length / d];
  }

  /** Assigns each row to its nearest center and returns the inertia. */
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
   * Moves each center to the mean of its rows. A center without rows moves to a row, sampled in
   * proportion to its squared distance from its center, unless every row coincides with its center.
   */
  void updateCenters(Rng rng) {
    double[] sums = new double[centers.length];
    for (int i = 0; i < nearest.length; i++) {
      for (int c = 0; c < d; c++) {
        sums[nearest[i] * d + c] += rows[i * d + c];
      }
    }
    for (int k = 0; k < sizes.length; k++) {
      if (sizes[k] == 0) {
        int chosen = KMeansPlusPlus.sample(errors, rng);
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
   * Performs a mini-batch update: moves each center toward the rows of a batch that are nearest to
   * it, so that it is the mean of all rows ever assigned to it (Sculley 2010, algorithm 1).
   *
   * @param counts the number of rows assigned to each center so far; updated in place
   */
  void updateFromBatch(float[] batch, long[] counts) {
    int[] chosen = nearest(batch, d, centers);
    for (int i = 0; i < chosen.length; i++) {
      long count = ++counts[chosen[i]];
      for (int c = 0; c < d; c++) {
        int index = chosen[i] * d + c;
        double difference = (double) batch[i * d + c] - centers[index];
        centers[index] = (float) (centers[index] + difference / count);
      }
    }
  }

  float[] centers() {
    return centers;
  }

  int[] sizes() {
    return sizes;
  }

  /** Returns the index of the nearest center of each row; ties go to the lowest index. */
  static int[] nearest(float[] rows, int d, float[] centers) {
    int count = rows.length / d;
    // As each chunk copies all centers, it is as large as they are, within limits.
    int values = Math.max(MIN_CHUNK, Math.min(centers.length, MAX_CHUNK));
    int chunkSize = Math.max(1, values / d);
    List<int[]> nearest = new ArrayList<>();
    ThreadPool.forEach(
        (count + chunkSize - 1) / chunkSize,
        Threads.count(),
        chunk -> {
          int start = chunk * chunkSize;
          int end = start + Math.min(chunkSize, count - start);
          return Arrays.copyOfRange(rows, start * d, end * d);
        },
        chunk -> nearestInChunk(chunk, d, centers),
        nearest::add);
    return nearest.stream().flatMapToInt(Arrays::stream).toArray();
  }

  private static int[] nearestInChunk(float[] rows, int d, float[] centers) {
    try (Step step = Step.inference()) {
      return step.tensor(rows, rows.length / d, d)
          .nearestRows(step.tensor(centers, centers.length / d, d))
          .toInts();
    }
  }
}
