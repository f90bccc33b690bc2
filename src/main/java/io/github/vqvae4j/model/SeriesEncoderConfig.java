package io.github.vqvae4j.model;

import io.github.vqvae4j.config.Records;
import io.github.vqvae4j.nn.Initializer;
import io.github.vqvae4j.nn.ResidualConfig;
import io.github.vqvae4j.random.Rng;

/**
 * The settings of a {@link SeriesEncoder}.
 *
 * @param channels of the series, at least 1
 * @param hidden channels inside, at least 2 and even; by default 64
 * @param downsample how often the length is halved, from 0 to 16; by default 3
 * @param residual the residual stack; by default 4 blocks with 32 channels inside, of growth 3
 * @param initializer how the weights start; by default as in Sonnet
 */
public record SeriesEncoderConfig(
    int channels, int hidden, int downsample, ResidualConfig residual, Initializer initializer)
    implements Encoder.Config, ConvSettings<SeriesEncoderConfig> {
  /**
   * Checks the settings.
   *
   * @throws IllegalArgumentException if a number is out of its range
   */
  public SeriesEncoderConfig {
    PartChecks.conv(
        "SeriesEncoderConfig", channels, hidden, residual, initializer, "downsample", downsample);
  }

  static SeriesEncoderConfig of(int channels) {
    return new SeriesEncoderConfig(
        channels, 64, 3, ResidualConfig.of(4, 32).dilationGrowth(3), Initializer.TRUNCATED_NORMAL);
  }

  /**
   * Sets how often the length is halved.
   *
   * @param times a code stands for 2^times samples
   * @return these settings with it
   */
  public SeriesEncoderConfig downsample(int times) {
    return Records.with(this, "downsample", times);
  }

  @Override
  public SeriesEncoder build(int dimension, Rng rng) {
    return new SeriesEncoder(this, dimension, rng);
  }
}
