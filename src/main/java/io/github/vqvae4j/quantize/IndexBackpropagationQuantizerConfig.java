package io.github.vqvae4j.quantize;

import io.github.vqvae4j.config.Records;
import io.github.vqvae4j.config.Require;
import io.github.vqvae4j.random.Rng;

/**
 * The settings of an {@link IndexBackpropagationQuantizer}, whose codes are those of the greatest
 * dot product and whose gradient is that of a softmax over all codes (Shi et al. 2024).
 *
 * <pre>{@code
 * IndexBackpropagationQuantizerConfig config =
 *     IndexBackpropagationQuantizer.codes(16_384, 64).entropyWeight(0.02);
 * }</pre>
 *
 * @param codebookSize K, the number of codes, at least 1
 * @param dimension D, the dimension of each codebook vector, at least 1
 * @param quantizationWeight the factor of the quantization loss, whose gradient reaches the latents
 *     and, through the softmax, all codebook vectors, at least 0; by default 1
 * @param commitmentWeight the factor of the commitment loss, at least 0; by default 1
 * @param codebookWeight beta, the factor of the codebook loss, at least 0; by default 0.25
 * @param entropyWeight the factor of the entropy term, at least 0; by default 0.05. With 0, it is
 *     not computed
 * @param entropyTemperature T of the softmax in the entropy term, greater than 0; by default 0.01
 */
public record IndexBackpropagationQuantizerConfig(
    int codebookSize,
    int dimension,
    double quantizationWeight,
    double commitmentWeight,
    double codebookWeight,
    double entropyWeight,
    double entropyTemperature)
    implements Quantizer.Config {
  /** The maximum number of values in a codebook. */
  private static final int MAX_SIZE = Integer.MAX_VALUE - 8;

  /**
   * Validates the settings.
   *
   * @throws IllegalArgumentException if a value is out of range
   */
  public IndexBackpropagationQuantizerConfig {
    String record = "IndexBackpropagationQuantizerConfig.";
    Require.that(codebookSize >= 1, record + "codebookSize", "K of at least 1", codebookSize);
    Require.that(dimension >= 1, record + "dimension", "D of at least 1", dimension);
    Require.that(
        (long) codebookSize * dimension <= MAX_SIZE,
        record + "codebookSize",
        "K times D of at most " + MAX_SIZE,
        codebookSize + " times " + dimension);
    checkWeight(record + "quantizationWeight", quantizationWeight);
    checkWeight(record + "commitmentWeight", commitmentWeight);
    checkWeight(record + "codebookWeight", codebookWeight);
    checkWeight(record + "entropyWeight", entropyWeight);
    Require.that(
        entropyTemperature > 0 && entropyTemperature <= Double.MAX_VALUE,
        record + "entropyTemperature",
        "a finite value greater than 0",
        entropyTemperature);
  }

  private static void checkWeight(String component, double weight) {
    boolean valid = weight >= 0 && weight <= Double.MAX_VALUE;
    Require.that(valid, component, "a finite value of at least 0", weight);
  }

  static IndexBackpropagationQuantizerConfig of(int codebookSize, int dimension) {
    return new IndexBackpropagationQuantizerConfig(codebookSize, dimension, 1, 1, 0.25, 0.05, 0.01);
  }

  /**
   * Sets the weight of the quantization loss.
   *
   * @param weight the factor, at least 0
   * @return a copy with the new value
   */
  public IndexBackpropagationQuantizerConfig quantizationWeight(double weight) {
    return Records.with(this, "quantizationWeight", weight);
  }

  /**
   * Sets the weight of the commitment loss.
   *
   * @param weight the factor, at least 0
   * @return a copy with the new value
   */
  public IndexBackpropagationQuantizerConfig commitmentWeight(double weight) {
    return Records.with(this, "commitmentWeight", weight);
  }

  /**
   * Sets the weight of the codebook loss.
   *
   * @param beta the factor, at least 0
   * @return a copy with the new value
   */
  public IndexBackpropagationQuantizerConfig codebookWeight(double beta) {
    return Records.with(this, "codebookWeight", beta);
  }

  /**
   * Sets the weight of the entropy term.
   *
   * @param weight the factor, at least 0
   * @return a copy with the new value
   */
  public IndexBackpropagationQuantizerConfig entropyWeight(double weight) {
    return Records.with(this, "entropyWeight", weight);
  }

  /**
   * Sets the temperature of the softmax in the entropy term.
   *
   * @param temperature the temperature, greater than 0
   * @return a copy with the new value
   */
  public IndexBackpropagationQuantizerConfig entropyTemperature(double temperature) {
    return Records.with(this, "entropyTemperature", temperature);
  }

  @Override
  public IndexBackpropagationQuantizer build(Rng rng) {
    return new IndexBackpropagationQuantizer(this, rng);
  }
}
