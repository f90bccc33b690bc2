package io.github.vqvae4j.examples;

import io.github.vqvae4j.model.blocks.Encoder;
import io.github.vqvae4j.nn.Activation;
import io.github.vqvae4j.nn.LayerNorm;
import io.github.vqvae4j.nn.Linear;
import io.github.vqvae4j.nn.Sequential;
import io.github.vqvae4j.random.Rng;
import io.github.vqvae4j.tensor.Tensor;

/**
 * A custom encoder: splits images into non-overlapping patches, projects each of them to a vector,
 * and applies a residual block of two linear layers. It needs no backward pass.
 */
final class PatchEncoder extends Encoder {
  private final int patch;
  private final Linear project;
  private final Sequential mix;

  PatchEncoder(int channels, int patch, int hidden, int dimension, Rng rng) {
    this.patch = patch;
    project = child("project", new Linear(patch * patch * channels, dimension, rng));
    Linear in = new Linear(dimension, hidden, rng);
    Linear out = new Linear(hidden, dimension, rng);
    mix = child("mix", Sequential.of(new LayerNorm(dimension), in, Activation.GELU, out));
  }

  /** [b, h, w, c] -> [b, h/patch, w/patch, dimension]. */
  @Override
  protected Tensor compute(Tensor images) {
    Tensor x = project.forward(images.spaceToDepth(patch));
    return x.add(mix.forward(x));
  }
}
