package io.github.vqvae4j.model.blocks;

import io.github.vqvae4j.config.Require;
import io.github.vqvae4j.model.internal.SettingChecks;
import io.github.vqvae4j.random.Rng;

/**
 * The settings of a {@link ConvVectorEncoder}.
 *
 * @param conv the settings of the convolutional layers
 * @param height the height of the images in pixels, a multiple of 2^downsample
 * @param width the width of the images in pixels, a multiple of 2^downsample
 * @param features the number of channels of the feature map that is mapped to the vector, at least
 *     1; by default 16
 */
public record ConvVectorEncoderConfig(ConvEncoderConfig conv, int height, int width, int features)
    implements Encoder.Config, ConvVectorSettings<ConvVectorEncoderConfig> {
  /**
   * Validates the settings.
   *
   * @throws IllegalArgumentException if a value is out of range
   */
  public ConvVectorEncoderConfig {
    Require.nonNull(ConvEncoderConfig.class, "ConvVectorEncoderConfig.conv", conv);
    SettingChecks.vector("ConvVectorEncoderConfig", conv.downsample(), height, width, features);
  }

  /** Returns the number of values in the feature map. */
  int mapLength() {
    return (height >> conv.downsample()) * (width >> conv.downsample()) * features;
  }

  @Override
  public ConvVectorEncoder build(int dimension, Rng rng) {
    return new ConvVectorEncoder(this, dimension, rng);
  }
}
