package io.github.vqvae4j.model;

import io.github.vqvae4j.config.Records;
import io.github.vqvae4j.nn.Initializer;
import io.github.vqvae4j.nn.ResidualConfig;
import io.github.vqvae4j.random.Rng;

/**
 * The settings of a {@link ConvEncoder}.
 *
 * @param channels of the images, at least 1
 * @param hidden channels inside, at least 2 and even; by default 128
 * @param downsample how often the size is halved, from 0 to 16; by default 2
 * @param residual the residual stack; by default 2 blocks with 32 channels inside
 * @param initializer how the weights start; by default as in Sonnet
 */
public record ConvEncoderConfig(
    int channels, int hidden, int downsample, ResidualConfig residual, Initializer initializer)
    implements Encoder.Config, ConvSettings<ConvEncoderConfig> {
  /**
   * Checks the settings.
   *
   * @throws IllegalArgumentException if a number is out of its range
   */
  public ConvEncoderConfig {
    PartChecks.conv(
        "ConvEncoderConfig", channels, hidden, residual, initializer, "downsample", downsample);
  }

  static ConvEncoderConfig of(int channels) {
    return new ConvEncoderConfig(
        channels, 128, 2, ResidualConfig.of(2, 32), Initializer.TRUNCATED_NORMAL);
  }

  /**
   * Sets how often the size is halved.
   *
   * @param times the codes' map is 2^times smaller than the image
   * @return these settings with it
   */
  public ConvEncoderConfig downsample(int times) {
    return Records.with(this, "downsample", times);
  }

  /**
   * As an encoder whose result is one vector for an image instead of a map.
   *
   * @param height of the images
   * @param width of the images
   * @return settings of a {@link ConvVectorEncoder} with these
   */
  public ConvVectorEncoderConfig vector(int height, int width) {
    return new ConvVectorEncoderConfig(this, height, width, 16);
  }

  @Override
  public ConvEncoder build(int dimension, Rng rng) {
    return new ConvEncoder(this, dimension, rng);
  }
}
