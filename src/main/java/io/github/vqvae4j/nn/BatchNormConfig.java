package io.github.vqvae4j.nn;

import io.github.vqvae4j.config.Records;
import io.github.vqvae4j.config.Require;

/**
 * The settings of {@link BatchNorm2d}: {@code (x - mean) / sqrt(variance + epsilon) * weight +
 * bias}, with per-channel mean and variance of the batch or, in inference, their moving averages.
 * The defaults are PyTorch's.
 *
 * <pre>{@code
 * BatchNormConfig config = BatchNormConfig.of(64).momentum(0.01).epsilon(1e-3);
 * }</pre>
 *
 * @param channels the number of image channels, at least 1
 * @param epsilon the value added to the variance, positive and finite in single precision; by
 *     default 1e-5
 * @param momentum the weight of the current batch in the moving averages, from 0 to 1; by default
 *     0.1. Keras calls 1 minus this value the momentum
 * @param affine whether the layer has a weight and a bias, each [channels]; by default true
 */
public record BatchNormConfig(int channels, double epsilon, double momentum, boolean affine) {
  /**
   * Validates the settings.
   *
   * @throws IllegalArgumentException if a value is out of range
   */
  public BatchNormConfig {
    Require.that(channels >= 1, "BatchNormConfig.channels", "at least 1", channels);
    Normalization.checkEpsilon("BatchNormConfig.epsilon", epsilon);
    Require.that(
        momentum >= 0 && momentum <= 1,
        "BatchNormConfig.momentum",
        "the weight of the current batch, from 0 to 1",
        momentum);
  }

  /**
   * Creates the default settings, which are PyTorch's.
   *
   * @param channels the number of image channels
   * @return the settings
   */
  public static BatchNormConfig of(int channels) {
    return new BatchNormConfig(channels, Normalization.EPSILON, 0.1, true);
  }

  /**
   * Sets the value added to the variance.
   *
   * @param newEpsilon the new value, positive and finite in single precision
   * @return a copy with the new value
   */
  public BatchNormConfig epsilon(double newEpsilon) {
    return Records.with(this, "epsilon", newEpsilon);
  }

  /**
   * Sets the momentum of the moving averages.
   *
   * @param weight the weight of the current batch, from 0 to 1
   * @return a copy with the new value
   */
  public BatchNormConfig momentum(double weight) {
    return Records.with(this, "momentum", weight);
  }

  /**
   * Sets whether the layer has a weight and a bias.
   *
   * @param on whether the layer is affine
   * @return a copy with the new value
   */
  public BatchNormConfig affine(boolean on) {
    return Records.with(this, "affine", on);
  }
}
