package io.github.vqvae4j.model.blocks;

import io.github.vqvae4j.config.Require;
import io.github.vqvae4j.model.internal.SettingChecks;
import io.github.vqvae4j.random.Rng;

/**
 * The settings of a {@link ConvVectorDecoder}.
 *
 * @param conv the settings of the convolutional layers
 * @param height the height of the images in pixels, a multiple of 2^upsample
 * @param width the width of the images in pixels, a multiple of 2^upsample
 * @param features the number of channels of the feature map that the vector is mapped to, at least
 *     1; by default 16
 */
public record ConvVectorDecoderConfig(ConvDecoderConfig conv, int height, int width, int features)
    implements Decoder.Config, ConvVectorSettings<ConvVectorDecoderConfig> {
  /**
   * Validates the settings.
   *
   * @throws IllegalArgumentException if a value is out of range
   */
  public ConvVectorDecoderConfig {
    Require.nonNull(ConvDecoderConfig.class, "ConvVectorDecoderConfig.conv", conv);
    SettingChecks.vector("ConvVectorDecoderConfig", conv.upsample(), height, width, features);
  }

  /** Returns the height of the feature map. */
  int mapHeight() {
    return height >> conv.upsample();
  }

  /** Returns the width of the feature map. */
  int mapWidth() {
    return width >> conv.upsample();
  }

  @Override
  public ConvVectorDecoder build(int dimension, Rng rng) {
    return new ConvVectorDecoder(this, dimension, rng);
  }
}
