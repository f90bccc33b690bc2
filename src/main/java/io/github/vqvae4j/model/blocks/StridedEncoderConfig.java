package io.github.vqvae4j.model.blocks;

import io.github.vqvae4j.model.internal.SettingChecks;
import io.github.vqvae4j.nn.Initializer;
import io.github.vqvae4j.random.Rng;
import java.util.List;

/**
 * The settings of a {@link StridedEncoder}.
 *
 * @param channels the number of image channels, at least 1
 * @param widths the number of channels of each strided convolution, each at least 1; by default 32,
 *     64
 * @param initializer the initialization of the weights; by default that of Keras
 */
public record StridedEncoderConfig(int channels, List<Integer> widths, Initializer initializer)
    implements Encoder.Config, StridedSettings<StridedEncoderConfig> {
  /**
   * Validates the settings.
   *
   * @throws IllegalArgumentException if a value is out of range
   */
  public StridedEncoderConfig {
    widths = SettingChecks.strided("StridedEncoderConfig", channels, widths, initializer);
  }

  static StridedEncoderConfig of(int channels) {
    return new StridedEncoderConfig(channels, List.of(32, 64), Initializer.XAVIER_UNIFORM);
  }

  @Override
  public StridedEncoder build(int dimension, Rng rng) {
    return new StridedEncoder(this, dimension, rng);
  }
}
