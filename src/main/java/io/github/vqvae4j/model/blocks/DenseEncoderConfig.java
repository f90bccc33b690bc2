package io.github.vqvae4j.model.blocks;

import io.github.vqvae4j.model.internal.SettingChecks;
import io.github.vqvae4j.random.Rng;
import java.util.List;

/**
 * The settings of a {@link DenseEncoder}.
 *
 * @param height the height of the images in pixels, at least 1
 * @param width the width of the images in pixels, at least 1
 * @param channels the number of image channels, at least 1
 * @param hidden the sizes of the hidden layers, from image to vector, each at least 1; by default
 *     one layer of 400; empty for a single linear layer
 */
public record DenseEncoderConfig(int height, int width, int channels, List<Integer> hidden)
    implements Encoder.Config, DenseSettings<DenseEncoderConfig> {
  /**
   * Validates the settings.
   *
   * @throws IllegalArgumentException if a value is out of range
   */
  public DenseEncoderConfig {
    SettingChecks.dense("DenseEncoderConfig", height, width, channels);
    hidden = SettingChecks.sizes("DenseEncoderConfig.hidden", hidden);
  }

  static DenseEncoderConfig of(int height, int width, int channels) {
    return new DenseEncoderConfig(height, width, channels, List.of(400));
  }

  @Override
  public DenseEncoder build(int dimension, Rng rng) {
    return new DenseEncoder(this, dimension, rng);
  }
}
