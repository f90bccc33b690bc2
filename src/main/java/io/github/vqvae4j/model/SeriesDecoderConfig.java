package io.github.vqvae4j.model;

import io.github.vqvae4j.config.Records;
import io.github.vqvae4j.nn.Initializer;
import io.github.vqvae4j.nn.ResidualConfig;
import io.github.vqvae4j.random.Rng;

/**
 * The settings of a {@link SeriesDecoder}.
 *
 * @param channels of the series, at least 1
 * @param hidden channels inside, at least 2 and even; by default 64
 * @param upsample how often the length is doubled, from 0 to 16; by default 3
 * @param residual the residual stack; by default 4 blocks with 32 channels inside, of growth 3
 * @param initializer how the weights start; by default as in Sonnet
 */
public record SeriesDecoderConfig(
    int channels, int hidden, int upsample, ResidualConfig residual, Initializer initializer)
    implements Decoder.Config, ConvSettings<SeriesDecoderConfig> {
  /**
   * Checks the settings.
   *
   * @throws IllegalArgumentException if a number is out of its range
   */
  public SeriesDecoderConfig {
    PartChecks.conv(
        "SeriesDecoderConfig", channels, hidden, residual, initializer, "upsample", upsample);
  }

  static SeriesDecoderConfig of(int channels) {
    return new SeriesDecoderConfig(
        channels, 64, 3, ResidualConfig.of(4, 32).dilationGrowth(3), Initializer.TRUNCATED_NORMAL);
  }

  /**
   * Sets how often the length is doubled.
   *
   * @param times a code becomes 2^times samples
   * @return these settings with it
   */
  public SeriesDecoderConfig upsample(int times) {
    return Records.with(this, "upsample", times);
  }

  @Override
  public SeriesDecoder build(int dimension, Rng rng) {
    return new SeriesDecoder(this, dimension, rng);
  }
}
