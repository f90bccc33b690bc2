package io.github.vqvae4j.examples;

import io.github.vqvae4j.model.blocks.Encoder;
import io.github.vqvae4j.nn.Activation;
import io.github.vqvae4j.nn.LayerNorm;
import io.github.vqvae4j.nn.Linear;
import io.github.vqvae4j.nn.Sequential;
import io.github.vqvae4j.random.Rng;
import io.github.vqvae4j.tensor.Tensor;
import java.util.Optional;

/**
 * A custom encoder: splits images into non-overlapping patches, projects each of them to a vector,
 * and applies a residual block of two linear layers. It needs no backward pass.
 */
final class PatchEncoder extends Encoder {
  private final PatchConfig config;
  private final Linear project;
  private final Sequential mix;

  PatchEncoder(PatchConfig config, int dimension, Rng rng) {
    this.config = config;
    int pixels = config.patch() * config.patch() * config.channels();
    project = child("project", new Linear(pixels, dimension, rng));
    Linear in = new Linear(dimension, config.hidden(), rng);
    Linear out = new Linear(config.hidden(), dimension, rng);
    mix = child("mix", Sequential.of(new LayerNorm(dimension), in, Activation.GELU, out));
  }

  /** [b, h, w, c] -> [b, h/patch, w/patch, dimension]. */
  @Override
  protected Tensor compute(Tensor images) {
    Tensor x = project.forward(images.spaceToDepth(config.patch()));
    return x.add(mix.forward(x));
  }

  @Override
  public Optional<Config> config() {
    return Optional.of(config);
  }
}
