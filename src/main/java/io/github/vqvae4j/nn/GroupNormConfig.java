package io.github.vqvae4j.nn;

import io.github.vqvae4j.config.Records;
import io.github.vqvae4j.config.Require;

/**
 * The settings of {@link GroupNorm}: {@code (x - mean) / sqrt(variance + epsilon) * weight + bias},
 * with mean and variance over all positions of an example and a group of channels. The defaults are
 * PyTorch's.
 *
 * @param groups the number of groups the channels are divided into, at least 1
 * @param channels the number of channels, a multiple of {@code groups}
 * @param epsilon the value added to the variance, positive and finite in single precision; by
 *     default 1e-5
 * @param affine whether the layer has a weight and a bias, each [channels]; by default true
 */
public record GroupNormConfig(int groups, int channels, double epsilon, boolean affine) {
  /**
   * Validates the settings.
   *
   * @throws IllegalArgumentException if a value is out of range
   */
  public GroupNormConfig {
    Require.that(groups >= 1, "GroupNormConfig.groups", "at least 1", groups);
    Require.that(
        channels >= 1 && channels % groups == 0,
        "GroupNormConfig.channels",
        "a multiple of the " + groups + " groups, at least 1",
        channels);
    Normalization.checkEpsilon("GroupNormConfig.epsilon", epsilon);
  }

  /**
   * Creates the default settings, which are PyTorch's.
   *
   * @param groups the number of groups the channels are divided into
   * @param channels the number of channels, a multiple of {@code groups}
   * @return the settings
   */
  public static GroupNormConfig of(int groups, int channels) {
    return new GroupNormConfig(groups, channels, Normalization.EPSILON, true);
  }

  /**
   * Sets the value added to the variance.
   *
   * @param newEpsilon the new value, positive and finite in single precision
   * @return a copy with the new value
   */
  public GroupNormConfig epsilon(double newEpsilon) {
    return Records.with(this, "epsilon", newEpsilon);
  }

  /**
   * Sets whether the layer has a weight and a bias.
   *
   * @param on whether the layer is affine
   * @return a copy with the new value
   */
  public GroupNormConfig affine(boolean on) {
    return Records.with(this, "affine", on);
  }
}
