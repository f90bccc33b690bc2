package io.github.vqvae4j.model.blocks;

import io.github.vqvae4j.model.internal.SettingChecks;
import io.github.vqvae4j.nn.Initializer;
import io.github.vqvae4j.random.Rng;
import java.util.List;

/**
 * The settings of a {@link StridedDecoder}.
 *
 * @param channels the number of image channels, at least 1
 * @param widths the number of channels of each transposed convolution, each at least 1; by default
 *     64, 32
 * @param initializer the initialization of the weights; by default that of Keras
 */
public record StridedDecoderConfig(int channels, List<Integer> widths, Initializer initializer)
    implements Decoder.Config, StridedSettings<StridedDecoderConfig> {
  /**
   * Validates the settings.
   *
   * @throws IllegalArgumentException if a value is out of range
   */
  public StridedDecoderConfig {
    widths = SettingChecks.strided("StridedDecoderConfig", channels, widths, initializer);
  }

  static StridedDecoderConfig of(int channels) {
    return new StridedDecoderConfig(channels, List.of(64, 32), Initializer.XAVIER_UNIFORM);
  }

  @Override
  public StridedDecoder build(int dimension, Rng rng) {
    return new StridedDecoder(this, dimension, rng);
  }
}
