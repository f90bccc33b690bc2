package io.github.vqvae4j.examples;

import io.github.vqvae4j.model.blocks.Encoder;
import io.github.vqvae4j.random.Rng;

/**
 * The settings of a {@link PatchEncoder}. Files contain them under the name with which {@link Main}
 * registers them.
 *
 * @param channels the number of channels of the images
 * @param patch the height and width of a patch, in pixels
 * @param hidden the number of hidden units
 */
record PatchConfig(int channels, int patch, int hidden) implements Encoder.Config {
  @Override
  public PatchEncoder build(int dimension, Rng rng) {
    return new PatchEncoder(this, dimension, rng);
  }
}
