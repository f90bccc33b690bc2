package io.github.vqvae4j.model.blocks;

import io.github.vqvae4j.config.Records;
import io.github.vqvae4j.model.internal.SettingChecks;
import io.github.vqvae4j.nn.Initializer;
import io.github.vqvae4j.nn.ResidualConfig;
import io.github.vqvae4j.random.Rng;

/**
 * The settings of a {@link SeriesEncoder}.
 *
 * @param channels the number of channels of the series, at least 1
 * @param hidden the number of hidden channels, at least 2 and even; by default 64
 * @param downsample n, the number of times that the length is halved, from 0 to 16; by default 3
 * @param residual the settings of the residual stack; by default 4 blocks with 32 hidden channels
 *     and a dilation growth of 3
 * @param initializer the initialization of the weights; by default that of Sonnet
 */
public record SeriesEncoderConfig(
    int channels, int hidden, int downsample, ResidualConfig residual, Initializer initializer)
    implements Encoder.Config, ConvSettings<SeriesEncoderConfig> {
  /**
   * Validates the settings.
   *
   * @throws IllegalArgumentException if a value is out of range
   */
  public SeriesEncoderConfig {
    SettingChecks.conv(
        "SeriesEncoderConfig", channels, hidden, residual, initializer, "downsample", downsample);
  }

  static SeriesEncoderConfig of(int channels) {
    return new SeriesEncoderConfig(
        channels, 64, 3, ResidualConfig.of(4, 32).dilationGrowth(3), Initializer.TRUNCATED_NORMAL);
  }

  /**
   * Sets the number of times that the length is halved.
   *
   * @param times n; each code represents 2^n samples
   * @return a copy with the new value
   */
  public SeriesEncoderConfig downsample(int times) {
    return Records.with(this, "downsample", times);
  }

  @Override
  public SeriesEncoder build(int dimension, Rng rng) {
    return new SeriesEncoder(this, dimension, rng);
  }
}
