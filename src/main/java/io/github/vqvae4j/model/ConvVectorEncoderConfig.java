package io.github.vqvae4j.model;

import io.github.vqvae4j.config.Require;
import io.github.vqvae4j.random.Rng;

/**
 * The settings of a {@link ConvVectorEncoder}.
 *
 * @param conv the settings of its convolutions
 * @param height of the images in pixels, a multiple of 2^downsample
 * @param width of the images in pixels, a multiple of 2^downsample
 * @param features channels of the map that the vector is made of, at least 1; by default 16
 */
public record ConvVectorEncoderConfig(ConvEncoderConfig conv, int height, int width, int features)
    implements Encoder.Config, ConvVectorSettings<ConvVectorEncoderConfig> {
  /**
   * Checks the settings.
   *
   * @throws IllegalArgumentException if a number is out of its range
   */
  public ConvVectorEncoderConfig {
    Require.present(ConvEncoderConfig.class, "ConvVectorEncoderConfig.conv", conv);
    PartChecks.vector("ConvVectorEncoderConfig", conv.downsample(), height, width, features);
  }

  /** Numbers in the map. */
  int mapLength() {
    return (height >> conv.downsample()) * (width >> conv.downsample()) * features;
  }

  @Override
  public ConvVectorEncoder build(int dimension, Rng rng) {
    return new ConvVectorEncoder(this, dimension, rng);
  }
}
