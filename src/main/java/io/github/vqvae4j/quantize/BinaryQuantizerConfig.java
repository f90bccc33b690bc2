package io.github.vqvae4j.quantize;

import io.github.vqvae4j.config.Records;
import io.github.vqvae4j.config.Require;
import io.github.vqvae4j.random.Rng;

/**
 * The settings of a {@link BinaryQuantizer}, whose codes are sampled bits (Fleuret 2025).
 *
 * @param bits n, the number of bits of a code and the dimension of the latents, from 1 to 30; K is
 *     2^n
 * @param temperature T, greater than 0, by which logits are divided; by default 1
 * @param klWeight w, the factor of the KL term, at least 0; by default 1. With 0, it is not
 *     computed
 * @param klThreshold the information in nats that a latent's code may carry without a loss, at
 *     least 0; by default ln 2, one bit. With n ln 2 or more, the term is 0
 */
public record BinaryQuantizerConfig(
    int bits, double temperature, double klWeight, double klThreshold) implements Quantizer.Config {
  private static final int MAX_BITS = 30;

  /**
   * Validates the settings.
   *
   * @throws IllegalArgumentException if a value is out of range
   */
  public BinaryQuantizerConfig {
    String record = "BinaryQuantizerConfig.";
    Require.that(
        bits >= 1 && bits <= MAX_BITS, record + "bits", "from 1 to " + MAX_BITS + " bits", bits);
    boolean valid = temperature > 0 && temperature <= Double.MAX_VALUE;
    Require.that(valid, record + "temperature", "a finite value greater than 0", temperature);
    checkNonNegative(record + "klWeight", klWeight);
    checkNonNegative(record + "klThreshold", klThreshold);
  }

  private static void checkNonNegative(String component, double value) {
    boolean valid = value >= 0 && value <= Double.MAX_VALUE;
    Require.that(valid, component, "a finite value of at least 0", value);
  }

  static BinaryQuantizerConfig of(int bits) {
    return new BinaryQuantizerConfig(bits, 1, 1, Math.log(2));
  }

  /**
   * Sets the temperature.
   *
   * @param t the temperature, greater than 0
   * @return a copy with the new value
   */
  public BinaryQuantizerConfig temperature(double t) {
    return Records.with(this, "temperature", t);
  }

  /**
   * Sets the weight of the KL term.
   *
   * @param weight the factor, at least 0
   * @return a copy with the new value
   */
  public BinaryQuantizerConfig klWeight(double weight) {
    return Records.with(this, "klWeight", weight);
  }

  /**
   * Sets the information that a code may carry without a loss.
   *
   * @param nats the threshold, at least 0
   * @return a copy with the new value
   */
  public BinaryQuantizerConfig klThreshold(double nats) {
    return Records.with(this, "klThreshold", nats);
  }

  @Override
  public BinaryQuantizer build(Rng rng) {
    return new BinaryQuantizer(this);
  }
}
