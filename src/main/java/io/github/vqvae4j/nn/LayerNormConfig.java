package io.github.vqvae4j.nn;

import io.github.vqvae4j.config.Records;
import io.github.vqvae4j.config.Require;

/**
 * The settings of {@link LayerNorm}: {@code (x - mean) / sqrt(variance + epsilon) * weight + bias},
 * with mean and variance over the last axis. The defaults are PyTorch's.
 *
 * @param dimension the size of the last axis, at least 1
 * @param epsilon the value added to the variance, positive and finite in single precision; by
 *     default 1e-5
 * @param affine whether the layer has a weight and a bias, each [dimension]; by default true
 */
public record LayerNormConfig(int dimension, double epsilon, boolean affine) {
  /**
   * Validates the settings.
   *
   * @throws IllegalArgumentException if a value is out of range
   */
  public LayerNormConfig {
    Require.that(dimension >= 1, "LayerNormConfig.dimension", "at least 1", dimension);
    Normalization.checkEpsilon("LayerNormConfig.epsilon", epsilon);
  }

  /**
   * Creates the default settings, which are PyTorch's.
   *
   * @param dimension the size of the last axis
   * @return the settings
   */
  public static LayerNormConfig of(int dimension) {
    return new LayerNormConfig(dimension, Normalization.EPSILON, true);
  }

  /**
   * Sets the value added to the variance.
   *
   * @param newEpsilon the new value, positive and finite in single precision
   * @return a copy with the new value
   */
  public LayerNormConfig epsilon(double newEpsilon) {
    return Records.with(this, "epsilon", newEpsilon);
  }

  /**
   * Sets whether the layer has a weight and a bias.
   *
   * @param on whether the layer is affine
   * @return a copy with the new value
   */
  public LayerNormConfig affine(boolean on) {
    return Records.with(this, "affine", on);
  }
}
