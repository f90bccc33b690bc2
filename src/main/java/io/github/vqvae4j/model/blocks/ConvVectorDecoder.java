package io.github.vqvae4j.model.blocks;

import io.github.vqvae4j.nn.Linear;
import io.github.vqvae4j.random.Rng;
import io.github.vqvae4j.tensor.Tensor;
import java.util.Optional;

/**
 * A convolutional decoder that maps one vector per image, [b, D], to images [b, height, width,
 * channels].
 *
 * <p>A linear layer to a feature map, a ReLU, and a {@link ConvDecoder}.
 */
public final class ConvVectorDecoder extends Decoder {
  private final ConvVectorDecoderConfig config;
  private final Linear project;
  private final ConvDecoder conv;

  /**
   * Creates a decoder.
   *
   * @param config the settings, from {@link ConvDecoderConfig#vector}
   * @param dimension D, the size of the input
   * @param rng the random number generator for the initial weights
   */
  public ConvVectorDecoder(ConvVectorDecoderConfig config, int dimension, Rng rng) {
    this.config = config;
    int map = config.mapHeight() * config.mapWidth() * config.features();
    project = child("project", new Linear(dimension, map, rng));
    conv = child("conv", config.conv().build(config.features(), rng));
  }

  @Override
  public Optional<Config> config() {
    return Optional.of(config);
  }

  @Override
  protected Tensor compute(Tensor latents) {
    Tensor map = project.forward(latents).relu();
    return conv.forward(
        map.reshape(latents.size(0), config.mapHeight(), config.mapWidth(), config.features()));
  }
}
