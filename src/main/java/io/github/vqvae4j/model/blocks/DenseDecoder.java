package io.github.vqvae4j.model.blocks;

import io.github.vqvae4j.nn.Linear;
import io.github.vqvae4j.random.Rng;
import io.github.vqvae4j.tensor.Tensor;
import java.util.List;
import java.util.Optional;

/**
 * A fully connected decoder: vectors [b, D] to images [b, height, width, channels].
 *
 * <p>Linear layers of the hidden sizes, each followed by a ReLU, and a linear layer to all pixels.
 */
public final class DenseDecoder extends Decoder {
  private final DenseDecoderConfig config;
  private final DenseStack hidden;
  private final Linear project;

  /**
   * Creates a decoder.
   *
   * @param config the settings
   * @param dimension D, the size of the input
   * @param rng the random number generator for the initial weights
   */
  public DenseDecoder(DenseDecoderConfig config, int dimension, Rng rng) {
    this.config = config;
    hidden = child("hidden", new DenseStack(dimension, config.hidden(), rng));
    int last = DenseStack.outputSize(dimension, config.hidden());
    project =
        child(
            "project", new Linear(last, config.height() * config.width() * config.channels(), rng));
  }

  /**
   * Returns the default settings for images of one size.
   *
   * @param height the height in pixels
   * @param width the width in pixels
   * @param channels 1 for grayscale images, 3 for color images
   * @return the settings
   */
  public static DenseDecoderConfig images(int height, int width, int channels) {
    return DenseDecoderConfig.of(height, width, channels);
  }

  @Override
  public Optional<Config> config() {
    return Optional.of(config);
  }

  @Override
  protected Tensor compute(Tensor latents) {
    return chain(latents, List.of(hidden, project))
        .reshape(latents.size(0), config.height(), config.width(), config.channels());
  }
}
