package io.github.vqvae4j.model.blocks;

import io.github.vqvae4j.config.Records;
import io.github.vqvae4j.model.internal.SettingChecks;
import io.github.vqvae4j.nn.Initializer;
import io.github.vqvae4j.nn.ResidualConfig;
import io.github.vqvae4j.random.Rng;

/**
 * The settings of a {@link ConvEncoder}.
 *
 * @param channels the number of image channels, at least 1
 * @param hidden the number of hidden channels, at least 2 and even; by default 128
 * @param downsample n, the number of times that the size is halved, from 0 to 16; by default 2
 * @param residual the settings of the residual stack; by default 2 blocks with 32 hidden channels
 * @param initializer the initialization of the weights; by default that of Sonnet
 */
public record ConvEncoderConfig(
    int channels, int hidden, int downsample, ResidualConfig residual, Initializer initializer)
    implements Encoder.Config, ConvSettings<ConvEncoderConfig> {
  /**
   * Validates the settings.
   *
   * @throws IllegalArgumentException if a value is out of range
   */
  public ConvEncoderConfig {
    SettingChecks.conv(
        "ConvEncoderConfig", channels, hidden, residual, initializer, "downsample", downsample);
  }

  static ConvEncoderConfig of(int channels) {
    return new ConvEncoderConfig(
        channels, 128, 2, ResidualConfig.of(2, 32), Initializer.TRUNCATED_NORMAL);
  }

  /**
   * Sets the number of times that the size is halved.
   *
   * @param times n; the code map is smaller than the image by a factor of 2^n in each dimension
   * @return a copy with the new value
   */
  public ConvEncoderConfig downsample(int times) {
    return Records.with(this, "downsample", times);
  }

  /**
   * Returns the settings of an encoder that returns one vector per image instead of a map.
   *
   * @param height the height of the images
   * @param width the width of the images
   * @return the settings of a {@link ConvVectorEncoder} that contains this encoder
   */
  public ConvVectorEncoderConfig vector(int height, int width) {
    return new ConvVectorEncoderConfig(this, height, width, 16);
  }

  @Override
  public ConvEncoder build(int dimension, Rng rng) {
    return new ConvEncoder(this, dimension, rng);
  }
}
