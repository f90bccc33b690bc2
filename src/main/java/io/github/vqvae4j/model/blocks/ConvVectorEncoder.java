package io.github.vqvae4j.model.blocks;

import io.github.vqvae4j.nn.Linear;
import io.github.vqvae4j.random.Rng;
import io.github.vqvae4j.tensor.Tensor;
import java.util.Arrays;
import java.util.Optional;

/**
 * A convolutional encoder that returns one vector per image: images [b, height, width, channels] to
 * [b, D].
 *
 * <p>A {@link ConvEncoder}, a ReLU, and a linear layer from the whole feature map to D. It is
 * intended for models whose latents are sampled, such as a {@code Vae}: the positions of a map
 * would be sampled independently, whereas one vector represents the whole image.
 */
public final class ConvVectorEncoder extends Encoder {
  private final ConvVectorEncoderConfig config;
  private final ConvEncoder conv;
  private final Linear project;

  /**
   * Creates an encoder.
   *
   * @param config the settings, from {@link ConvEncoderConfig#vector}
   * @param dimension D, the size of the output
   * @param rng the random number generator for the initial weights
   */
  public ConvVectorEncoder(ConvVectorEncoderConfig config, int dimension, Rng rng) {
    this.config = config;
    conv = child("conv", config.conv().build(config.features(), rng));
    project = child("project", new Linear(config.mapLength(), dimension, rng));
  }

  @Override
  public Optional<Config> config() {
    return Optional.of(config);
  }

  @Override
  protected Tensor compute(Tensor images) {
    Tensor map = conv.forward(images);
    if (images.size(1) != config.height() || images.size(2) != config.width()) {
      throw new IllegalArgumentException(
          "ConvVectorEncoder: expected images of "
              + config.height()
              + "x"
              + config.width()
              + ", got "
              + Arrays.toString(images.shape())
              + ". Build the encoder for that size with vector(..), or crop or resize the images.");
    }
    return project.forward(map.relu().reshape(images.size(0), -1));
  }
}
