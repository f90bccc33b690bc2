package io.github.vqvae4j.model;

import io.github.vqvae4j.config.Require;
import io.github.vqvae4j.random.Rng;

/**
 * The settings of a {@link ConvVectorDecoder}.
 *
 * @param conv the settings of its convolutions
 * @param height of the images in pixels, a multiple of 2^upsample
 * @param width of the images in pixels, a multiple of 2^upsample
 * @param features channels of the map that is made of the vector, at least 1; by default 16
 */
public record ConvVectorDecoderConfig(ConvDecoderConfig conv, int height, int width, int features)
    implements Decoder.Config, ConvVectorSettings<ConvVectorDecoderConfig> {
  /**
   * Checks the settings.
   *
   * @throws IllegalArgumentException if a number is out of its range
   */
  public ConvVectorDecoderConfig {
    Require.present(ConvDecoderConfig.class, "ConvVectorDecoderConfig.conv", conv);
    PartChecks.vector("ConvVectorDecoderConfig", conv.upsample(), height, width, features);
  }

  /** Rows of the map. */
  int mapHeight() {
    return height >> conv.upsample();
  }

  /** Columns of the map. */
  int mapWidth() {
    return width >> conv.upsample();
  }

  @Override
  public ConvVectorDecoder build(int dimension, Rng rng) {
    return new ConvVectorDecoder(this, dimension, rng);
  }
}
