package io.github.vqvae4j.model;

import io.github.vqvae4j.random.Rng;
import java.util.List;

/**
 * The settings of a {@link DenseEncoder}.
 *
 * @param height of the images in pixels, at least 1
 * @param width of the images in pixels, at least 1
 * @param channels of the images, at least 1
 * @param hidden the sizes in between, from the image to the vector, each at least 1; by default 400
 *     alone; none for one linear map
 */
public record DenseEncoderConfig(int height, int width, int channels, List<Integer> hidden)
    implements Encoder.Config, DenseSettings<DenseEncoderConfig> {
  /**
   * Checks the settings.
   *
   * @throws IllegalArgumentException if a number is out of its range
   */
  public DenseEncoderConfig {
    PartChecks.dense("DenseEncoderConfig", height, width, channels);
    hidden = PartChecks.sizes("DenseEncoderConfig.hidden", hidden);
  }

  static DenseEncoderConfig of(int height, int width, int channels) {
    return new DenseEncoderConfig(height, width, channels, List.of(400));
  }

  @Override
  public DenseEncoder build(int dimension, Rng rng) {
    return new DenseEncoder(this, dimension, rng);
  }
}
