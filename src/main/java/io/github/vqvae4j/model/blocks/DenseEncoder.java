package io.github.vqvae4j.model.blocks;

import io.github.vqvae4j.nn.Linear;
import io.github.vqvae4j.random.Rng;
import io.github.vqvae4j.tensor.Tensor;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * A fully connected encoder: images [b, height, width, channels] to one vector per image, [b, D].
 *
 * <p>The pixels are flattened and passed through linear layers of the hidden sizes, each followed
 * by a ReLU, and a linear layer to D. With 400 hidden units and D = 2 * 20, it is the common
 * encoder of VAEs for MNIST.
 */
public final class DenseEncoder extends Encoder {
  private final DenseEncoderConfig config;
  private final DenseStack hidden;
  private final Linear project;

  /**
   * Creates an encoder.
   *
   * @param config the settings
   * @param dimension D, the size of the output
   * @param rng the random number generator for the initial weights
   */
  public DenseEncoder(DenseEncoderConfig config, int dimension, Rng rng) {
    this.config = config;
    int in = config.height() * config.width() * config.channels();
    hidden = child("hidden", new DenseStack(in, config.hidden(), rng));
    project =
        child("project", new Linear(DenseStack.outputSize(in, config.hidden()), dimension, rng));
  }

  /**
   * Returns the default settings for images of one size.
   *
   * @param height the height in pixels
   * @param width the width in pixels
   * @param channels 1 for grayscale images, 3 for color images
   * @return the settings
   */
  public static DenseEncoderConfig images(int height, int width, int channels) {
    return DenseEncoderConfig.of(height, width, channels);
  }

  @Override
  public Optional<Config> config() {
    return Optional.of(config);
  }

  @Override
  protected Tensor compute(Tensor images) {
    long[] shape = images.shape();
    if (shape.length != 4
        || shape[1] != config.height()
        || shape[2] != config.width()
        || shape[3] != config.channels()) {
      throw new IllegalArgumentException(
          "DenseEncoder: expected images [batch, "
              + config.height()
              + ", "
              + config.width()
              + ", "
              + config.channels()
              + "], got "
              + Arrays.toString(shape)
              + ": a fully connected encoder is built for one size. Build it for that size with"
              + " images(..), or crop or resize the images.");
    }
    return chain(images.reshape(shape[0], -1), List.of(hidden, project));
  }
}
