package io.github.vqvae4j.nn;

import io.github.vqvae4j.config.Records;
import io.github.vqvae4j.config.Require;

/**
 * The settings of {@link LayerNorm}: {@code (x - mean) / sqrt(variance + epsilon) weight + bias},
 * with mean and variance over the last axis. The defaults are PyTorch's.
 *
 * @param dimension size of the last axis, at least 1
 * @param epsilon added to the variance, above 0; by default 1e-5
 * @param affine whether there are weight and bias, each [dimension]; by default true
 */
public record LayerNormConfig(int dimension, double epsilon, boolean affine) {
  /**
   * Checks the settings.
   *
   * @throws IllegalArgumentException if a number is out of its range
   */
  public LayerNormConfig {
    Require.that(dimension >= 1, "LayerNormConfig.dimension", "at least 1", dimension);
    Normalization.checkEpsilon("LayerNormConfig.epsilon", epsilon);
  }

  /**
   * PyTorch's defaults.
   *
   * @param dimension size of the last axis
   * @return the settings
   */
  public static LayerNormConfig of(int dimension) {
    return new LayerNormConfig(dimension, Normalization.EPSILON, true);
  }

  /**
   * Sets what is added to the variance.
   *
   * @param newEpsilon above 0
   * @return these settings with it
   */
  public LayerNormConfig epsilon(double newEpsilon) {
    return Records.with(this, "epsilon", newEpsilon);
  }

  /**
   * Sets whether there are weight and bias.
   *
   * @param on whether
   * @return these settings with it
   */
  public LayerNormConfig affine(boolean on) {
    return Records.with(this, "affine", on);
  }
}
