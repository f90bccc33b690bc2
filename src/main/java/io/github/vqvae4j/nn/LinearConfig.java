package io.github.vqvae4j.nn;

import io.github.vqvae4j.config.Records;
import io.github.vqvae4j.config.Require;

/**
 * The settings of {@link Linear}, [.., in] to [.., out]: {@code x weight + bias}.
 *
 * <pre>{@code
 * LinearConfig.of(64, 10).bias(false).initializer(Initializer.XAVIER_UNIFORM)
 * }</pre>
 *
 * @param in size of the last axis, at least 1
 * @param out size it becomes, at least 1
 * @param bias whether a bias is added; by default true
 * @param initializer how the weights start; by default {@link Initializer#TORCH}, as in PyTorch
 */
public record LinearConfig(int in, int out, boolean bias, Initializer initializer) {
  /**
   * Checks the settings.
   *
   * @throws IllegalArgumentException if a size is below 1
   */
  public LinearConfig {
    Require.that(in >= 1, "LinearConfig.in", "at least 1", in);
    Require.that(out >= 1, "LinearConfig.out", "at least 1", out);
    Require.present(Initializer.class, "LinearConfig.initializer", initializer);
  }

  /**
   * PyTorch's defaults: a bias, and weights and biases uniform in +-1/sqrt(in).
   *
   * @param in size of the last axis
   * @param out size it becomes
   * @return the settings
   */
  public static LinearConfig of(int in, int out) {
    return new LinearConfig(in, out, true, Initializer.TORCH);
  }

  /**
   * Sets whether a bias is added.
   *
   * @param withBias whether
   * @return these settings with it
   */
  public LinearConfig bias(boolean withBias) {
    return Records.with(this, "bias", withBias);
  }

  /**
   * Sets how the weights start.
   *
   * @param newInitializer how
   * @return these settings with it
   */
  public LinearConfig initializer(Initializer newInitializer) {
    return Records.with(this, "initializer", newInitializer);
  }
}
