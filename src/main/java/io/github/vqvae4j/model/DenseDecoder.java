package io.github.vqvae4j.model;

import io.github.vqvae4j.nn.Linear;
import io.github.vqvae4j.random.Rng;
import io.github.vqvae4j.tensor.Tensor;
import java.util.List;
import java.util.Optional;

/**
 * A decoder without convolutions: vectors [b, D] to images [b, height, width, channels].
 *
 * <p>Linear maps to the hidden sizes, each with a rectified linear unit; a linear map to all
 * pixels.
 */
public final class DenseDecoder extends Decoder {
  private final DenseDecoderConfig config;
  private final DenseStack hidden;
  private final Linear project;

  /**
   * A decoder.
   *
   * @param config its settings
   * @param dimension D, the size of its input
   * @param rng where the weights are drawn from
   */
  public DenseDecoder(DenseDecoderConfig config, int dimension, Rng rng) {
    this.config = config;
    hidden = child("hidden", new DenseStack(dimension, config.hidden(), rng));
    int last = DenseStack.last(dimension, config.hidden());
    project =
        child(
            "project", new Linear(last, config.height() * config.width() * config.channels(), rng));
  }

  /**
   * Settings for images of one size.
   *
   * @param height rows of pixels
   * @param width columns of pixels
   * @param channels 1 for gray images, 3 for colour
   * @return the settings, to be changed or built
   */
  public static DenseDecoderConfig images(int height, int width, int channels) {
    return DenseDecoderConfig.of(height, width, channels);
  }

  @Override
  public Optional<Config> config() {
    return Optional.of(config);
  }

  @Override
  protected Tensor compute(Tensor vectors) {
    return chain(vectors, List.of(hidden, project))
        .reshape(vectors.size(0), config.height(), config.width(), config.channels());
  }
}
