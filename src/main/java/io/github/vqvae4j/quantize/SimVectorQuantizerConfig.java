package io.github.vqvae4j.quantize;

import io.github.vqvae4j.config.Records;
import io.github.vqvae4j.config.Require;
import io.github.vqvae4j.random.Rng;

/**
 * The settings of a {@link SimVectorQuantizer}, whose codebook is a learned linear map of fixed
 * vectors (Zhu et al. 2024).
 *
 * <pre>{@code
 * SimVectorQuantizerConfig config = SimVectorQuantizer.codes(65_536, 64).commitmentWeight(0.5);
 * }</pre>
 *
 * @param codebookSize K, the number of codes, at least 1
 * @param dimension D, the dimension of the latents and of each codebook vector, at least 1
 * @param fixedDimension m, the dimension of the fixed vectors, at least 1; by default D. With less,
 *     all codebook vectors are in a subspace of m dimensions
 * @param bias whether the linear map has a bias, as in the authors' code; by default false, as in
 *     the paper
 * @param codebookWeight alpha, the factor of the codebook loss, at least 0; by default 1
 * @param commitmentWeight beta, the factor of the commitment loss, at least 0; by default 0.25
 */
public record SimVectorQuantizerConfig(
    int codebookSize,
    int dimension,
    int fixedDimension,
    boolean bias,
    double codebookWeight,
    double commitmentWeight)
    implements Quantizer.Config {
  /** The maximum number of values of a table. */
  private static final int MAX_SIZE = Integer.MAX_VALUE - 8;

  /**
   * Validates the settings.
   *
   * @throws IllegalArgumentException if a value is out of range
   */
  public SimVectorQuantizerConfig {
    String record = "SimVectorQuantizerConfig.";
    Require.that(codebookSize >= 1, record + "codebookSize", "K of at least 1", codebookSize);
    Require.that(dimension >= 1, record + "dimension", "D of at least 1", dimension);
    Require.that(
        fixedDimension >= 1,
        record + "fixedDimension",
        "a dimension of at least 1",
        fixedDimension);
    int largest = Math.max(dimension, fixedDimension);
    Require.that(
        (long) codebookSize * largest <= MAX_SIZE,
        record + "codebookSize",
        "K times the greater dimension of at most " + MAX_SIZE,
        codebookSize + " times " + largest);
    checkWeight(record + "codebookWeight", codebookWeight);
    checkWeight(record + "commitmentWeight", commitmentWeight);
  }

  private static void checkWeight(String component, double weight) {
    boolean valid = weight >= 0 && weight <= Double.MAX_VALUE;
    Require.that(valid, component, "a finite value of at least 0", weight);
  }

  static SimVectorQuantizerConfig of(int codebookSize, int dimension) {
    return new SimVectorQuantizerConfig(codebookSize, dimension, dimension, false, 1, 0.25);
  }

  /**
   * Sets the dimension of the fixed vectors.
   *
   * @param m the dimension, at least 1
   * @return a copy with the new value
   */
  public SimVectorQuantizerConfig fixedDimension(int m) {
    return Records.with(this, "fixedDimension", m);
  }

  /**
   * Sets whether the linear map has a bias.
   *
   * @param withBias whether it has one
   * @return a copy with the new value
   */
  public SimVectorQuantizerConfig bias(boolean withBias) {
    return Records.with(this, "bias", withBias);
  }

  /**
   * Sets the weight of the codebook loss.
   *
   * @param alpha the factor, at least 0
   * @return a copy with the new value
   */
  public SimVectorQuantizerConfig codebookWeight(double alpha) {
    return Records.with(this, "codebookWeight", alpha);
  }

  /**
   * Sets the weight of the commitment loss.
   *
   * @param beta the factor, at least 0
   * @return a copy with the new value
   */
  public SimVectorQuantizerConfig commitmentWeight(double beta) {
    return Records.with(this, "commitmentWeight", beta);
  }

  @Override
  public SimVectorQuantizer build(Rng rng) {
    return new SimVectorQuantizer(this, rng);
  }
}
