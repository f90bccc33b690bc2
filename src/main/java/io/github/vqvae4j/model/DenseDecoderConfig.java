package io.github.vqvae4j.model;

import io.github.vqvae4j.random.Rng;
import java.util.List;

/**
 * The settings of a {@link DenseDecoder}.
 *
 * @param height of the images in pixels, at least 1
 * @param width of the images in pixels, at least 1
 * @param channels of the images, at least 1
 * @param hidden the sizes in between, from the vector to the image, each at least 1; by default 400
 *     alone; none for one linear map
 */
public record DenseDecoderConfig(int height, int width, int channels, List<Integer> hidden)
    implements Decoder.Config, DenseSettings<DenseDecoderConfig> {
  /**
   * Checks the settings.
   *
   * @throws IllegalArgumentException if a number is out of its range
   */
  public DenseDecoderConfig {
    PartChecks.dense("DenseDecoderConfig", height, width, channels);
    hidden = PartChecks.sizes("DenseDecoderConfig.hidden", hidden);
  }

  static DenseDecoderConfig of(int height, int width, int channels) {
    return new DenseDecoderConfig(height, width, channels, List.of(400));
  }

  @Override
  public DenseDecoder build(int dimension, Rng rng) {
    return new DenseDecoder(this, dimension, rng);
  }
}
