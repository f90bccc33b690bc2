package io.github.vqvae4j.examples;

import io.github.vqvae4j.model.Encoder;
import io.github.vqvae4j.nn.Activation;
import io.github.vqvae4j.nn.LayerNorm;
import io.github.vqvae4j.nn.Linear;
import io.github.vqvae4j.nn.Sequential;
import io.github.vqvae4j.random.Rng;
import io.github.vqvae4j.tensor.Tensor;

/**
 * An encoder of one's own: cuts images into patches that do not overlap, maps each to a vector, and
 * adds what a small network of two linear maps makes of it. No backward pass is written.
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

  /** Images [b, h, w, c] to vectors [b, h/patch, w/patch, dimension]. */
  @Override
  protected Tensor compute(Tensor images) {
    Tensor x = project.forward(images.spaceToDepth(patch));
    return x.add(mix.forward(x));
  }
}
