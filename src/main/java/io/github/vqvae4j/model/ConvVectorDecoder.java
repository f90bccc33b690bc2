package io.github.vqvae4j.model;

import io.github.vqvae4j.nn.Linear;
import io.github.vqvae4j.random.Rng;
import io.github.vqvae4j.tensor.Tensor;
import java.util.Optional;

/**
 * A convolutional decoder of one vector: [b, D] to images [b, height, width, channels].
 *
 * <p>A linear map to a map of vectors, a rectified linear unit, a {@link ConvDecoder}.
 */
public final class ConvVectorDecoder extends Decoder {
  private final ConvVectorDecoderConfig config;
  private final Linear project;
  private final ConvDecoder conv;

  /**
   * A decoder.
   *
   * @param config its settings, as from {@link ConvDecoderConfig#vector}
   * @param dimension D, the size of its input
   * @param rng where the weights are drawn from
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
  protected Tensor compute(Tensor vectors) {
    Tensor map = project.forward(vectors).relu();
    return conv.forward(
        map.reshape(vectors.size(0), config.mapHeight(), config.mapWidth(), config.features()));
  }
}
