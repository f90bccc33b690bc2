package io.github.vqvae4j.model;

import io.github.vqvae4j.nn.Linear;
import io.github.vqvae4j.random.Rng;
import io.github.vqvae4j.tensor.Tensor;
import java.util.Arrays;
import java.util.Optional;

/**
 * A convolutional encoder whose result is one vector: images [b, height, width, channels] to [b,
 * D].
 *
 * <p>A {@link ConvEncoder}, a rectified linear unit, a linear map of the whole map to D. For models
 * that draw latents at random: the places of a map know nothing of each other, a vector stands for
 * the whole image.
 */
public final class ConvVectorEncoder extends Encoder {
  private final ConvVectorEncoderConfig config;
  private final ConvEncoder conv;
  private final Linear project;

  /**
   * An encoder.
   *
   * @param config its settings, as from {@link ConvEncoderConfig#vector}
   * @param dimension D, the size of its result
   * @param rng where the weights are drawn from
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
              + ". Build it with vector(..) for that size, or crop or resize the images.");
    }
    return project.forward(map.relu().reshape(images.size(0), -1));
  }
}
