package io.github.vqvae4j.quantize;

import io.github.vqvae4j.random.Rng;
import io.github.vqvae4j.tensor.Variable;
import java.util.Arrays;
import java.util.stream.IntStream;

/**
 * The moving averages of a codebook: how often each code is used and, for a codebook that learns by
 * them, the sums of the vectors assigned to it (formulas: {@link EmaConfig}).
 *
 * <p>Both are divided by {@code weight} when used. It moves like them, w &lt;- decay w + (1 -
 * decay), so that from 0 it is 1 - decay^t, which removes the bias of a start at zero; from 1 it
 * stays 1.
 */
final class CodebookAverages {
  private final VectorQuantizerConfig config;
  private final Variable codebook;
  private final Variable count;
  private final Variable sum;
  private final Variable weight;

  /**
   * The averages of a codebook.
   *
   * @param sum null for a codebook that learns by its gradient, of which only use is counted
   */
  CodebookAverages(
      VectorQuantizerConfig config,
      Variable codebook,
      Variable count,
      Variable sum,
      Variable weight) {
    this.config = config;
    this.codebook = codebook;
    this.count = count;
    this.sum = sum;
    this.weight = weight;
  }

  /** All that an update writes. */
  Variable[] variables() {
    return sum == null
        ? new Variable[] {codebook, count, weight}
        : new Variable[] {codebook, count, weight, sum};
  }

  /**
   * Takes in the vectors of one batch. Those of codes that restarted since they were assigned are
   * left out, and in that case no further code restarts: of the batches of one step the first that
   * finds dead codes restarts them.
   *
   * @param vectors the encoder's outputs, row by row
   * @param assigned the code of each vector
   * @param since the codebook's {@link Variable#replacements} when they were assigned
   * @param rng chooses the vectors that dead codes restart from
   */
  void update(double[] vectors, int[] assigned, long since, Rng rng) {
    double decay = config.ema().decay();
    int[] codes = valid(assigned, since);
    double[] counts = scaled(count.toDoubles(), decay);
    for (int code : codes) {
      if (code >= 0) {
        counts[code] += 1 - decay;
      }
    }
    double w = decay * weight.toDoubles()[0] + 1 - decay;
    boolean[] dead = dead(counts);
    double[] sums = null;
    if (sum != null) {
      double[] vectorsOfCodes = codebook.toDoubles();
      sums = scaled(sum.toDoubles(), decay);
      addTo(sums, vectors, codes, 1 - decay);
      divide(counts, sums, w, dead, vectorsOfCodes);
      codebook.set(vectorsOfCodes);
    }
    if (codebook.replacements() == since) {
      restart(dead, counts, sums, vectors, codes, rng);
    }
    count.set(counts);
    weight.set(new double[] {w});
    if (sum != null) {
      sum.set(sums);
    }
  }

  /** The codes, with -1 for those that restarted since. */
  private int[] valid(int[] assigned, long since) {
    int[] codes = assigned.clone();
    for (int i = 0; i < codes.length; i++) {
      codes[i] = codebook.isReplaced(codes[i], since) ? -1 : codes[i];
    }
    return codes;
  }

  private boolean[] dead(double[] counts) {
    boolean[] dead = new boolean[counts.length];
    double least = config.restartBelow() * mean(counts);
    for (int i = 0; i < counts.length; i++) {
      dead[i] = counts[i] < least;
    }
    return dead;
  }

  private static double mean(double[] values) {
    return Arrays.stream(values).sum() / values.length;
  }

  private void addTo(double[] sums, double[] vectors, int[] codes, double factor) {
    int d = config.dimension();
    for (int i = 0; i < codes.length; i++) {
      for (int j = 0; codes[i] >= 0 && j < d; j++) {
        sums[codes[i] * d + j] += factor * vectors[i * d + j];
      }
    }
  }

  private static double[] scaled(double[] values, double factor) {
    for (int i = 0; i < values.length; i++) {
      values[i] *= factor;
    }
    return values;
  }

  /** e_i = m_i / N'_i; a dead code, for which that is next to nothing, keeps its place. */
  private void divide(
      double[] counts, double[] sums, double w, boolean[] dead, double[] vectorsOfCodes) {
    int d = config.dimension();
    double epsilon = config.ema().epsilon();
    double total = Arrays.stream(counts).sum() / w;
    for (int i = 0; i < counts.length; i++) {
      double smoothed = (counts[i] / w + epsilon) / (total + counts.length * epsilon) * total;
      for (int j = 0; !dead[i] && j < d; j++) {
        vectorsOfCodes[i * d + j] = sums[i * d + j] / w / smoothed;
      }
      if (config.ema().smoothedCountsStored()) {
        counts[i] = smoothed;
      }
    }
  }

  /** Moves dead codes to vectors of the batch, with the mean count, so that they can live. */
  private void restart(
      boolean[] dead, double[] counts, double[] sums, double[] vectors, int[] codes, Rng rng) {
    int d = config.dimension();
    int[] restarted = IntStream.range(0, dead.length).filter(i -> dead[i]).toArray();
    if (restarted.length == 0) {
      return;
    }
    int[] chosen =
        new RestartVectors(vectors, codes, codebook.toDoubles(), d).draw(restarted.length, rng);
    restarted = Arrays.copyOf(restarted, chosen.length);
    double mean = mean(counts);
    double[] rows = new double[chosen.length * d];
    for (int i = 0; i < chosen.length; i++) {
      System.arraycopy(vectors, chosen[i] * d, rows, i * d, d);
      counts[restarted[i]] = mean;
      for (int j = 0; sums != null && j < d; j++) {
        sums[restarted[i] * d + j] = mean * rows[i * d + j];
      }
    }
    if (chosen.length > 0) {
      codebook.replaceRows(restarted, rows);
    }
  }

  /**
   * Starts from clusters.
   *
   * @param centers [K, D]
   * @param sizes of the first clusters; those of the others are 0
   * @param scale from a cluster's size to the count of one batch
   */
  void start(float[] centers, int[] sizes, double scale) {
    int d = config.dimension();
    double[] counts = new double[config.codebookSize()];
    double[] sums = new double[counts.length * d];
    for (int i = 0; i < counts.length; i++) {
      // A code that no vector is nearest to counts as one, or the first update would move it to 0.
      counts[i] = scale * Math.max(1, i < sizes.length ? sizes[i] : 0);
      for (int j = 0; j < d; j++) {
        sums[i * d + j] = counts[i] * centers[i * d + j];
      }
    }
    codebook.set(centers);
    count.set(counts);
    weight.set(new double[] {1});
    if (sum != null) {
      sum.set(sums);
    }
  }
}
