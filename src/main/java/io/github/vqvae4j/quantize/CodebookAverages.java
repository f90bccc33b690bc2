package io.github.vqvae4j.quantize;

import io.github.vqvae4j.tensor.Rng;
import io.github.vqvae4j.tensor.Variable;
import java.util.Arrays;

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
   * One step.
   *
   * @param vectors the encoder's outputs, row by row
   * @param codes of each vector
   * @param rng chooses the vectors that dead codes restart from
   */
  void update(double[] vectors, int[] codes, Rng rng) {
    double decay = config.ema().decay();
    double[] counts = scaled(count.toDoubles(), decay);
    for (int code : codes) {
      counts[code] += 1 - decay;
    }
    double w = decay * weight.toDoubles()[0] + 1 - decay;
    double[] vectorsOfCodes = codebook.toDoubles();
    double[] errors =
        config.restartBelow() > 0 ? errors(vectors, codes, vectorsOfCodes) : new double[0];
    double[] sums = null;
    if (sum != null) {
      sums = scaled(sum.toDoubles(), decay);
      addTo(sums, vectors, codes, 1 - decay);
      divide(counts, sums, w, vectorsOfCodes);
    }
    if (config.restartBelow() > 0) {
      restart(counts, sums, vectorsOfCodes, vectors, errors, rng);
    }
    store(vectorsOfCodes, counts, sums, w);
  }

  private void store(double[] vectorsOfCodes, double[] counts, double[] sums, double w) {
    codebook.set(vectorsOfCodes);
    count.set(counts);
    weight.set(new double[] {w});
    if (sum != null) {
      sum.set(sums);
    }
  }

  private void addTo(double[] sums, double[] vectors, int[] codes, double factor) {
    int d = config.dimension();
    for (int i = 0; i < codes.length; i++) {
      for (int j = 0; j < d; j++) {
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

  /** e_i = m_i / N'_i. */
  private void divide(double[] counts, double[] sums, double w, double[] vectorsOfCodes) {
    int d = config.dimension();
    double epsilon = config.ema().epsilon();
    double total = Arrays.stream(counts).sum() / w;
    for (int i = 0; i < counts.length; i++) {
      double smoothed = (counts[i] / w + epsilon) / (total + counts.length * epsilon) * total;
      for (int j = 0; j < d; j++) {
        vectorsOfCodes[i * d + j] = sums[i * d + j] / w / smoothed;
      }
      if (config.ema().smoothedCountsStored()) {
        counts[i] = smoothed;
      }
    }
  }

  /**
   * Moves each dead code to a vector of the batch, with the mean count, so that it can live.
   * Vectors are drawn in proportion to the squared error they were quantized with, each once: drawn
   * evenly, codes would gather where many vectors are alike and well represented already.
   */
  private void restart(
      double[] counts,
      double[] sums,
      double[] vectorsOfCodes,
      double[] vectors,
      double[] errors,
      Rng rng) {
    int d = config.dimension();
    double mean = Arrays.stream(counts).sum() / counts.length;
    for (int i = 0; i < counts.length; i++) {
      if (counts[i] < config.restartBelow() * mean) {
        int chosen = KMeansStart.draw(errors, rng);
        errors[chosen] = 0;
        counts[i] = mean;
        for (int j = 0; j < d; j++) {
          vectorsOfCodes[i * d + j] = vectors[chosen * d + j];
          if (sums != null) {
            sums[i * d + j] = mean * vectors[chosen * d + j];
          }
        }
      }
    }
  }

  /** The squared distance of each vector from the code that was chosen for it. */
  private double[] errors(double[] vectors, int[] codes, double[] vectorsOfCodes) {
    int d = config.dimension();
    double[] errors = new double[codes.length];
    for (int i = 0; i < codes.length; i++) {
      for (int j = 0; j < d; j++) {
        double difference = vectors[i * d + j] - vectorsOfCodes[codes[i] * d + j];
        errors[i] += difference * difference;
      }
    }
    return errors;
  }

  /**
   * Starts from clusters.
   *
   * @param scale from a cluster's size to the count of one batch
   */
  void start(KMeans clusters, double scale) {
    int d = config.dimension();
    double[] counts = new double[config.codebookSize()];
    double[] sums = new double[counts.length * d];
    float[] centers = clusters.centers();
    int[] sizes = clusters.sizes();
    for (int i = 0; i < counts.length; i++) {
      // A center that no vector is nearest to counts as one, or the first update would move it to
      // 0.
      counts[i] = scale * Math.max(1, sizes[i]);
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
