package io.github.vqvae4j.examples;

import io.github.vqvae4j.model.blocks.DenseEncoder;
import io.github.vqvae4j.model.blocks.Encoder;
import io.github.vqvae4j.random.Rng;
import io.github.vqvae4j.tensor.Tensor;

/**
 * A custom encoder whose output is a few vectors, each describing the whole image. Local codes can
 * be composed into images that are unlike the training data; codes of the whole image hardly can.
 */
final class WholeImageEncoder extends Encoder {
  private final int vectors;
  private final int dimension;
  private final DenseEncoder dense;

  WholeImageEncoder(int height, int width, int hidden, int vectors, int dimension, Rng rng) {
    this.vectors = vectors;
    this.dimension = dimension;
    dense =
        child(
            "dense",
            DenseEncoder.images(height, width, 1).hidden(hidden).build(vectors * dimension, rng));
  }

  /** [b, height, width, 1] -> [b, 1, vectors, dimension]. */
  @Override
  protected Tensor compute(Tensor images) {
    return dense.forward(images).reshape(-1, 1, vectors, dimension);
  }
}
