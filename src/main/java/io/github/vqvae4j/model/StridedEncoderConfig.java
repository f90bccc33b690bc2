package io.github.vqvae4j.model;

import io.github.vqvae4j.nn.Initializer;
import io.github.vqvae4j.random.Rng;
import java.util.List;

/**
 * The settings of a {@link StridedEncoder}.
 *
 * @param channels of the images, at least 1
 * @param widths the channels after each halving of the size, each at least 1; by default 32, 64
 * @param initializer how the weights start; by default as in Keras
 */
public record StridedEncoderConfig(int channels, List<Integer> widths, Initializer initializer)
    implements Encoder.Config, StridedSettings<StridedEncoderConfig> {
  /**
   * Checks the settings.
   *
   * @throws IllegalArgumentException if a number is out of its range
   */
  public StridedEncoderConfig {
    widths = PartChecks.strided("StridedEncoderConfig", channels, widths, initializer);
  }

  static StridedEncoderConfig of(int channels) {
    return new StridedEncoderConfig(channels, List.of(32, 64), Initializer.XAVIER_UNIFORM);
  }

  @Override
  public StridedEncoder build(int dimension, Rng rng) {
    return new StridedEncoder(this, dimension, rng);
  }
}
