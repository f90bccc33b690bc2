package io.github.vqvae4j.model;

import io.github.vqvae4j.nn.Linear;
import io.github.vqvae4j.random.Rng;
import io.github.vqvae4j.tensor.Tensor;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * An encoder without convolutions: images [b, height, width, channels] to one vector each, [b, D].
 *
 * <p>All pixels as one row; linear maps to the hidden sizes, each with a rectified linear unit; a
 * linear map to D. With hidden 400 and D = 2 * 20 it is the encoder usual for a VAE of digits.
 */
public final class DenseEncoder extends Encoder {
  private final DenseEncoderConfig config;
  private final DenseStack hidden;
  private final Linear project;

  /**
   * An encoder.
   *
   * @param config its settings
   * @param dimension D, the size of its result
   * @param rng where the weights are drawn from
   */
  public DenseEncoder(DenseEncoderConfig config, int dimension, Rng rng) {
    this.config = config;
    int in = config.height() * config.width() * config.channels();
    hidden = child("hidden", new DenseStack(in, config.hidden(), rng));
    project = child("project", new Linear(DenseStack.last(in, config.hidden()), dimension, rng));
  }

  /**
   * Settings for images of one size.
   *
   * @param height rows of pixels
   * @param width columns of pixels
   * @param channels 1 for gray images, 3 for colour
   * @return the settings, to be changed or built
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
              + ": an encoder without convolutions takes one size. Build it with images(..) for"
              + " that size, or crop or resize the images.");
    }
    return chain(images.reshape(shape[0], -1), List.of(hidden, project));
  }
}
