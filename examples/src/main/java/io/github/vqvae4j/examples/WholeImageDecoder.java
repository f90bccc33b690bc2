package io.github.vqvae4j.examples;

import io.github.vqvae4j.model.blocks.Decoder;
import io.github.vqvae4j.model.blocks.DenseDecoder;
import io.github.vqvae4j.random.Rng;
import io.github.vqvae4j.tensor.Tensor;

/** Decodes the quantized vectors of a {@link WholeImageEncoder}. */
final class WholeImageDecoder extends Decoder {
  private final int inputs;
  private final DenseDecoder dense;

  WholeImageDecoder(int height, int width, int hidden, int vectors, int dimension, Rng rng) {
    inputs = vectors * dimension;
    dense = child("dense", DenseDecoder.images(height, width, 1).hidden(hidden).build(inputs, rng));
  }

  /** [b, 1, vectors, dimension] -> [b, height, width, 1]. */
  @Override
  protected Tensor compute(Tensor quantized) {
    return dense.forward(quantized.reshape(-1, inputs));
  }
}
