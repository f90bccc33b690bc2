package io.github.vqvae4j.nn;

import io.github.vqvae4j.config.Records;
import io.github.vqvae4j.config.Require;

/**
 * The settings of {@link BatchNorm2d}: {@code (x - mean) / sqrt(variance + epsilon) weight + bias},
 * with each channel's mean and variance over a batch or, in inference, their moving averages. The
 * defaults are PyTorch's.
 *
 * <pre>{@code
 * BatchNormConfig.of(64).momentum(0.01).epsilon(1e-3)
 * }</pre>
 *
 * @param channels of the images, at least 1
 * @param epsilon added to the variance, above 0; by default 1e-5
 * @param momentum the weight of the newest batch in the moving averages, from 0 to 1; by default
 *     0.1. Some other libraries call 1 - momentum so
 * @param affine whether there are weight and bias, each [channels]; by default true
 */
public record BatchNormConfig(int channels, double epsilon, double momentum, boolean affine) {
  /**
   * Checks the settings.
   *
   * @throws IllegalArgumentException if a number is out of its range
   */
  public BatchNormConfig {
    Require.that(channels >= 1, "BatchNormConfig.channels", "at least 1", channels);
    Normalization.checkEpsilon("BatchNormConfig.epsilon", epsilon);
    Require.that(
        momentum >= 0 && momentum <= 1,
        "BatchNormConfig.momentum",
        "the weight of the newest batch, from 0 to 1",
        momentum);
  }

  /**
   * PyTorch's defaults.
   *
   * @param channels of the images
   * @return the settings
   */
  public static BatchNormConfig of(int channels) {
    return new BatchNormConfig(channels, Normalization.EPSILON, 0.1, true);
  }

  /**
   * Sets what is added to the variance.
   *
   * @param newEpsilon above 0
   * @return these settings with it
   */
  public BatchNormConfig epsilon(double newEpsilon) {
    return Records.with(this, "epsilon", newEpsilon);
  }

  /**
   * Sets how fast the moving averages follow.
   *
   * @param weight of the newest batch, from 0 to 1
   * @return these settings with it
   */
  public BatchNormConfig momentum(double weight) {
    return Records.with(this, "momentum", weight);
  }

  /**
   * Sets whether there are weight and bias.
   *
   * @param on whether
   * @return these settings with it
   */
  public BatchNormConfig affine(boolean on) {
    return Records.with(this, "affine", on);
  }
}
