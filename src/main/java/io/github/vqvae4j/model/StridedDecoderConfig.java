package io.github.vqvae4j.model;

import io.github.vqvae4j.nn.Initializer;
import io.github.vqvae4j.random.Rng;
import java.util.List;

/**
 * The settings of a {@link StridedDecoder}.
 *
 * @param channels of the images, at least 1
 * @param widths the channels after each doubling of the size, each at least 1; by default 64, 32
 * @param initializer how the weights start; by default as in Keras
 */
public record StridedDecoderConfig(int channels, List<Integer> widths, Initializer initializer)
    implements Decoder.Config, StridedSettings<StridedDecoderConfig> {
  /**
   * Checks the settings.
   *
   * @throws IllegalArgumentException if a number is out of its range
   */
  public StridedDecoderConfig {
    widths = PartChecks.strided("StridedDecoderConfig", channels, widths, initializer);
  }

  static StridedDecoderConfig of(int channels) {
    return new StridedDecoderConfig(channels, List.of(64, 32), Initializer.XAVIER_UNIFORM);
  }

  @Override
  public StridedDecoder build(int dimension, Rng rng) {
    return new StridedDecoder(this, dimension, rng);
  }
}
