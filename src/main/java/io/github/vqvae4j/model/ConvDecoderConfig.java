package io.github.vqvae4j.model;

import io.github.vqvae4j.config.Records;
import io.github.vqvae4j.config.Require;
import io.github.vqvae4j.nn.Initializer;
import io.github.vqvae4j.nn.ResidualConfig;
import io.github.vqvae4j.random.Rng;

/**
 * The settings of a {@link ConvDecoder}.
 *
 * @param channels of the images, at least 1
 * @param hidden channels inside, at least 2 and even; by default 128
 * @param upsample how often the size is doubled, from 0 to 16; by default 2
 * @param residual the residual stack; by default 2 blocks with 32 channels inside
 * @param upsampleMode how the size is doubled; by default by transposed convolution
 * @param initializer how the weights start; by default as in Sonnet
 */
public record ConvDecoderConfig(
    int channels,
    int hidden,
    int upsample,
    ResidualConfig residual,
    UpsampleMode upsampleMode,
    Initializer initializer)
    implements Decoder.Config, ConvSettings<ConvDecoderConfig> {
  /** How the size of the map is doubled. */
  public enum UpsampleMode {
    /** A transposed convolution 4x4 of stride 2. */
    TRANSPOSED,
    /** Nearest-neighbour upsampling, then a convolution 3x3: without checkerboard patterns. */
    NEAREST
  }

  /**
   * Checks the settings.
   *
   * @throws IllegalArgumentException if a number is out of its range
   */
  public ConvDecoderConfig {
    PartChecks.conv(
        "ConvDecoderConfig", channels, hidden, residual, initializer, "upsample", upsample);
    Require.present(UpsampleMode.class, "ConvDecoderConfig.upsampleMode", upsampleMode);
  }

  static ConvDecoderConfig of(int channels) {
    return new ConvDecoderConfig(
        channels,
        128,
        2,
        ResidualConfig.of(2, 32),
        UpsampleMode.TRANSPOSED,
        Initializer.TRUNCATED_NORMAL);
  }

  /**
   * Sets how often the size is doubled.
   *
   * @param times the image is 2^times larger than the codes' map
   * @return these settings with it
   */
  public ConvDecoderConfig upsample(int times) {
    return Records.with(this, "upsample", times);
  }

  /**
   * Sets how the size is doubled.
   *
   * @param mode the upsampling mode
   * @return these settings with it
   */
  public ConvDecoderConfig upsampleMode(UpsampleMode mode) {
    return Records.with(this, "upsampleMode", mode);
  }

  /**
   * As a decoder of one vector for an image instead of a map.
   *
   * @param height of the images
   * @param width of the images
   * @return settings of a {@link ConvVectorDecoder} with these
   */
  public ConvVectorDecoderConfig vector(int height, int width) {
    return new ConvVectorDecoderConfig(this, height, width, 16);
  }

  @Override
  public ConvDecoder build(int dimension, Rng rng) {
    return new ConvDecoder(this, dimension, rng);
  }
}
