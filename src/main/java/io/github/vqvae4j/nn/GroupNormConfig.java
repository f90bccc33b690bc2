package io.github.vqvae4j.nn;

import io.github.vqvae4j.config.Records;
import io.github.vqvae4j.config.Require;

/**
 * The settings of {@link GroupNorm}: {@code (x - mean) / sqrt(variance + epsilon) weight + bias},
 * with mean and variance over an image's pixels and a group of channels. The defaults are
 * PyTorch's.
 *
 * @param groups how many groups the channels are divided into, at least 1
 * @param channels of the images, a multiple of the groups
 * @param epsilon added to the variance, above 0; by default 1e-5
 * @param affine whether there are weight and bias, each [channels]; by default true
 */
public record GroupNormConfig(int groups, int channels, double epsilon, boolean affine) {
  /**
   * Checks the settings.
   *
   * @throws IllegalArgumentException if a number is out of its range
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
   * PyTorch's defaults.
   *
   * @param groups how many groups the channels are divided into
   * @param channels of the images, a multiple of the groups
   * @return the settings
   */
  public static GroupNormConfig of(int groups, int channels) {
    return new GroupNormConfig(groups, channels, Normalization.EPSILON, true);
  }

  /**
   * Sets what is added to the variance.
   *
   * @param newEpsilon above 0
   * @return these settings with it
   */
  public GroupNormConfig epsilon(double newEpsilon) {
    return Records.with(this, "epsilon", newEpsilon);
  }

  /**
   * Sets whether there are weight and bias.
   *
   * @param on whether
   * @return these settings with it
   */
  public GroupNormConfig affine(boolean on) {
    return Records.with(this, "affine", on);
  }
}
