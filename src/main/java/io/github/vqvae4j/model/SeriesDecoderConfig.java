package io.github.vqvae4j.model;

import io.github.vqvae4j.nn.Initializer;
import io.github.vqvae4j.nn.ResidualConfig;
import io.github.vqvae4j.nn.ResidualStack1d;
import io.github.vqvae4j.random.Rng;

/**
 * The settings of a {@link SeriesDecoder}.
 *
 * @param channels of the series, at least 1
 * @param hidden channels inside, at least 2 and even; by default 64
 * @param upsample how often the length is doubled, from 0; by default 3
 * @param residual the residual stack; by default 4 blocks with 32 channels inside
 * @param growth what the dilation grows by from block to block, at least 1; by default 3
 * @param initializer how the weights start; by default as in Sonnet
 */
public record SeriesDecoderConfig(
    int channels,
    int hidden,
    int upsample,
    ResidualConfig residual,
    int growth,
    Initializer initializer)
    implements Decoder.Config {
  /**
   * Checks the settings.
   *
   * @throws IllegalArgumentException if a number is out of its range
   */
  public SeriesDecoderConfig {
    ConvDecoderConfig.check("SeriesDecoder", channels, hidden, "upsample", upsample);
    ResidualStack1d.checkGrowth(residual, growth);
  }

  static SeriesDecoderConfig of(int channels) {
    return new SeriesDecoderConfig(
        channels, 64, 3, ResidualConfig.of(4, 32), 3, Initializer.TRUNCATED_NORMAL);
  }

  /**
   * Sets the channels inside.
   *
   * @param count an even number
   * @return these settings with it
   */
  public SeriesDecoderConfig hidden(int count) {
    return new SeriesDecoderConfig(channels, count, upsample, residual, growth, initializer);
  }

  /**
   * Sets how often the length is doubled.
   *
   * @param times a code becomes 2^times samples
   * @return these settings with it
   */
  public SeriesDecoderConfig upsample(int times) {
    return new SeriesDecoderConfig(channels, hidden, times, residual, growth, initializer);
  }

  /**
   * Sets the residual stack, with biases and plain skips.
   *
   * @param blocks how many
   * @param blockHidden channels inside each
   * @return these settings with it
   */
  public SeriesDecoderConfig residual(int blocks, int blockHidden) {
    return residual(ResidualConfig.of(blocks, blockHidden));
  }

  /**
   * Sets the residual stack.
   *
   * @param newResidual its settings
   * @return these settings with it
   */
  public SeriesDecoderConfig residual(ResidualConfig newResidual) {
    return new SeriesDecoderConfig(channels, hidden, upsample, newResidual, growth, initializer);
  }

  /**
   * Sets how far the residual stack looks: 1 for as far as its blocks alone, more for further.
   *
   * @param factor of the dilation from block to block
   * @return these settings with it
   */
  public SeriesDecoderConfig growth(int factor) {
    return new SeriesDecoderConfig(channels, hidden, upsample, residual, factor, initializer);
  }

  /**
   * Sets how the weights start.
   *
   * @param newInitializer how
   * @return these settings with it
   */
  public SeriesDecoderConfig initializer(Initializer newInitializer) {
    return new SeriesDecoderConfig(channels, hidden, upsample, residual, growth, newInitializer);
  }

  @Override
  public SeriesDecoder build(int dimension, Rng rng) {
    return new SeriesDecoder(this, dimension, rng);
  }
}
