package io.github.vqvae4j.nn;

import io.github.vqvae4j.config.Records;
import io.github.vqvae4j.config.Require;

/**
 * The settings of {@link Linear}, [.., in] to [.., out]: {@code x weight + bias}.
 *
 * <pre>{@code
 * LinearConfig config =
 *     LinearConfig.of(64, 10).bias(false).initializer(Initializer.XAVIER_UNIFORM);
 * }</pre>
 *
 * @param in the size of the last axis of the input, at least 1
 * @param out the size of the last axis of the output, at least 1
 * @param bias whether the layer has a bias; by default true
 * @param initializer the weight initialization; by default {@link Initializer#TORCH}
 */
public record LinearConfig(int in, int out, boolean bias, Initializer initializer) {
  /**
   * Validates the settings.
   *
   * @throws IllegalArgumentException if a size is less than 1
   */
  public LinearConfig {
    Require.that(in >= 1, "LinearConfig.in", "at least 1", in);
    Require.that(out >= 1, "LinearConfig.out", "at least 1", out);
    Require.nonNull(Initializer.class, "LinearConfig.initializer", initializer);
  }

  /**
   * Creates the default settings, which are PyTorch's: a bias, and weights and biases uniform in
   * [-1/sqrt(in), 1/sqrt(in)].
   *
   * @param in the size of the last axis of the input
   * @param out the size of the last axis of the output
   * @return the settings
   */
  public static LinearConfig of(int in, int out) {
    return new LinearConfig(in, out, true, Initializer.TORCH);
  }

  /**
   * Sets whether the layer has a bias.
   *
   * @param withBias whether the layer has a bias
   * @return a copy with the new value
   */
  public LinearConfig bias(boolean withBias) {
    return Records.with(this, "bias", withBias);
  }

  /**
   * Sets the weight initialization.
   *
   * @param newInitializer the new initialization
   * @return a copy with the new value
   */
  public LinearConfig initializer(Initializer newInitializer) {
    return Records.with(this, "initializer", newInitializer);
  }
}
