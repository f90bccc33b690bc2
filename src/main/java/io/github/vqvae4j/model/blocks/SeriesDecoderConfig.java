package io.github.vqvae4j.model.blocks;

import io.github.vqvae4j.config.Records;
import io.github.vqvae4j.model.internal.SettingChecks;
import io.github.vqvae4j.nn.Initializer;
import io.github.vqvae4j.nn.ResidualConfig;
import io.github.vqvae4j.random.Rng;

/**
 * The settings of a {@link SeriesDecoder}.
 *
 * @param channels the number of channels of the series, at least 1
 * @param hidden the number of hidden channels, at least 2 and even; by default 64
 * @param upsample n, the number of times that the length is doubled, from 0 to 16; by default 3
 * @param residual the settings of the residual stack; by default 4 blocks with 32 hidden channels
 *     and a dilation growth of 3
 * @param initializer the initialization of the weights; by default that of Sonnet
 */
public record SeriesDecoderConfig(
    int channels, int hidden, int upsample, ResidualConfig residual, Initializer initializer)
    implements Decoder.Config, ConvSettings<SeriesDecoderConfig> {
  /**
   * Validates the settings.
   *
   * @throws IllegalArgumentException if a value is out of range
   */
  public SeriesDecoderConfig {
    SettingChecks.conv(
        "SeriesDecoderConfig", channels, hidden, residual, initializer, "upsample", upsample);
  }

  static SeriesDecoderConfig of(int channels) {
    return new SeriesDecoderConfig(
        channels, 64, 3, ResidualConfig.of(4, 32).dilationGrowth(3), Initializer.TRUNCATED_NORMAL);
  }

  /**
   * Sets the number of times that the length is doubled.
   *
   * @param times n; each code is decoded to 2^n samples
   * @return a copy with the new value
   */
  public SeriesDecoderConfig upsample(int times) {
    return Records.with(this, "upsample", times);
  }

  @Override
  public SeriesDecoder build(int dimension, Rng rng) {
    return new SeriesDecoder(this, dimension, rng);
  }
}
