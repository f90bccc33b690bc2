package io.github.vqvae4j.model.blocks;

import io.github.vqvae4j.model.internal.SettingChecks;
import io.github.vqvae4j.random.Rng;
import java.util.List;

/**
 * The settings of a {@link DenseDecoder}.
 *
 * @param height the height of the images in pixels, at least 1
 * @param width the width of the images in pixels, at least 1
 * @param channels the number of image channels, at least 1
 * @param hidden the sizes of the hidden layers, from vector to image, each at least 1; by default
 *     one layer of 400; empty for a single linear layer
 */
public record DenseDecoderConfig(int height, int width, int channels, List<Integer> hidden)
    implements Decoder.Config, DenseSettings<DenseDecoderConfig> {
  /**
   * Validates the settings.
   *
   * @throws IllegalArgumentException if a value is out of range
   */
  public DenseDecoderConfig {
    SettingChecks.dense("DenseDecoderConfig", height, width, channels);
    hidden = SettingChecks.sizes("DenseDecoderConfig.hidden", hidden);
  }

  static DenseDecoderConfig of(int height, int width, int channels) {
    return new DenseDecoderConfig(height, width, channels, List.of(400));
  }

  @Override
  public DenseDecoder build(int dimension, Rng rng) {
    return new DenseDecoder(this, dimension, rng);
  }
}
