package io.github.vqvae4j.model.blocks;

import io.github.vqvae4j.config.Records;
import io.github.vqvae4j.config.Require;
import io.github.vqvae4j.model.internal.SettingChecks;
import io.github.vqvae4j.nn.Initializer;
import io.github.vqvae4j.nn.ResidualConfig;
import io.github.vqvae4j.random.Rng;

/**
 * The settings of a {@link ConvDecoder}.
 *
 * @param channels the number of image channels, at least 1
 * @param hidden the number of hidden channels, at least 2 and even; by default 128
 * @param upsample n, the number of times that the size is doubled, from 0 to 16; by default 2
 * @param residual the settings of the residual stack; by default 2 blocks with 32 hidden channels
 * @param upsampleMode the upsampling method; by default transposed convolutions
 * @param initializer the initialization of the weights; by default that of Sonnet
 */
public record ConvDecoderConfig(
    int channels,
    int hidden,
    int upsample,
    ResidualConfig residual,
    UpsampleMode upsampleMode,
    Initializer initializer)
    implements Decoder.Config, ConvSettings<ConvDecoderConfig> {
  /** The upsampling methods. */
  public enum UpsampleMode {
    /** A 4x4 transposed convolution with stride 2. */
    TRANSPOSED,
    /**
     * Nearest-neighbor upsampling followed by a 3x3 convolution, which avoids checkerboard
     * artifacts.
     */
    NEAREST
  }

  /**
   * Validates the settings.
   *
   * @throws IllegalArgumentException if a value is out of range
   */
  public ConvDecoderConfig {
    SettingChecks.conv(
        "ConvDecoderConfig", channels, hidden, residual, initializer, "upsample", upsample);
    Require.nonNull(UpsampleMode.class, "ConvDecoderConfig.upsampleMode", upsampleMode);
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
   * Sets the number of times that the size is doubled.
   *
   * @param times n; the image is larger than the code map by a factor of 2^n in each dimension
   * @return a copy with the new value
   */
  public ConvDecoderConfig upsample(int times) {
    return Records.with(this, "upsample", times);
  }

  /**
   * Sets the upsampling method.
   *
   * @param mode the method
   * @return a copy with the new value
   */
  public ConvDecoderConfig upsampleMode(UpsampleMode mode) {
    return Records.with(this, "upsampleMode", mode);
  }

  /**
   * Returns the settings of a decoder that takes one vector per image instead of a map.
   *
   * @param height the height of the images
   * @param width the width of the images
   * @return the settings of a {@link ConvVectorDecoder} that contains this decoder
   */
  public ConvVectorDecoderConfig vector(int height, int width) {
    return new ConvVectorDecoderConfig(this, height, width, 16);
  }

  @Override
  public ConvDecoder build(int dimension, Rng rng) {
    return new ConvDecoder(this, dimension, rng);
  }
}
