package io.github.vqvae4j.quantize;

import io.github.vqvae4j.tensor.Step;
import io.github.vqvae4j.tensor.Tensor;
import io.github.vqvae4j.tensor.Variable;

/**
 * A codebook that follows the latents' distribution (Huh et al. 2023, section 4.1). Its vectors
 * stand for
 *
 * <pre>
 * e' = (e - mu_c) s_b / s_c + mu_b
 * </pre>
 *
 * <p>with the mean mu_b and standard deviation s_b of each dimension over the latents, and mu_c and
 * s_c over the codebook. All are moving averages of mean and variance, with decays of 0.99 and 0.9
 * for latents and codebook; the first training step sets them, and until then e' is e. A standard
 * deviation is at least sqrt(1e-5). They change when a step commits, with the codebook as it is
 * then.
 */
final class AffineCodebook {
  private static final double LATENT_DECAY = 0.99;
  private static final double CODEBOOK_DECAY = 0.9;
  private static final double MIN_VARIANCE = 1e-5;

  /** The rows mu_b, s_b^2, mu_c and s_c^2 of {@link #moments}. */
  private static final int LATENTS = 0;

  private static final int CODEBOOK = 2;

  private final Variable moments;
  private final Variable started;
  private final Variable codebook;

  /**
   * Creates an affine codebook.
   *
   * @param moments mu_b, s_b^2, mu_c and s_c^2 [4, D]
   * @param started 1 once they are set, [1]
   * @param codebook e [K, D]
   */
  AffineCodebook(Variable moments, Variable started, Variable codebook) {
    this.moments = moments;
    this.started = started;
    this.codebook = codebook;
  }

  /** Returns the initial moments, for which e' is e. */
  static float[] identity(int dimension) {
    float[] moments = new float[4 * dimension];
    for (int i = 0; i < dimension; i++) {
      moments[dimension + i] = 1;
      moments[(CODEBOOK + 1) * dimension + i] = 1;
    }
    return moments;
  }

  /** Returns e' of codebook vectors [.., D]. */
  Tensor vectors(Tensor rows) {
    return transformed(rows, CODEBOOK, LATENTS);
  }

  /** Returns the e [.., D] whose e' are vectors. */
  Tensor inverse(Tensor vectors) {
    return transformed(vectors, LATENTS, CODEBOOK);
  }

  private Tensor transformed(Tensor rows, int from, int to) {
    Step step = rows.step();
    Tensor scale = row(step, to + 1).div(row(step, from + 1)).sqrt();
    return rows.sub(row(step, from)).mul(scale).add(row(step, to));
  }

  private Tensor row(Step step, int index) {
    Tensor row = moments.in(step).slice(0, index, index + 1).reshape(-1);
    return index % 2 == 0 ? row : row.clamp(MIN_VARIANCE, Double.MAX_VALUE);
  }

  /** Registers the update of the moments by latents [n, D]. */
  void updateOnCommit(Tensor latents) {
    double[] values = latents.toDoubles();
    int d = (int) latents.size(-1);
    double[] sums = new double[2 * d + 1];
    for (int i = 0; i < values.length; i++) {
      sums[i % d] += values[i];
      sums[d + i % d] += values[i] * values[i];
    }
    sums[2 * d] = latents.size(0);
    latents.step().onCommit(sums, this::update, moments, started);
  }

  private void update(double... sums) {
    int d = sums.length / 2;
    double[] codebookSums = new double[sums.length];
    RowChunks chunks = new RowChunks(codebook);
    while (chunks.next()) {
      for (int i = 0; i < chunks.count() * d; i++) {
        double value = chunks.values()[i];
        codebookSums[i % d] += value;
        codebookSums[d + i % d] += value * value;
      }
      codebookSums[2 * d] += chunks.count();
    }
    boolean first = started.toDoubles()[0] == 0;
    double[] values = moments.toDoubles();
    average(values, LATENTS, first ? 0 : LATENT_DECAY, sums);
    average(values, CODEBOOK, first ? 0 : CODEBOOK_DECAY, codebookSums);
    moments.set(values);
    started.set(new double[] {1});
  }

  private static void average(double[] moments, int row, double decay, double... sums) {
    int d = sums.length / 2;
    double n = sums[2 * d];
    for (int i = 0; i < d; i++) {
      double mean = sums[i] / n;
      double variance = Math.max(0, sums[d + i] / n - mean * mean);
      int at = row * d + i;
      moments[at] = decay * moments[at] + (1 - decay) * mean;
      moments[at + d] = decay * moments[at + d] + (1 - decay) * variance;
    }
  }
}
