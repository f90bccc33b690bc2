package io.github.vqvae4j.examples;

import io.github.vqvae4j.model.Decoder;
import io.github.vqvae4j.model.DenseDecoder;
import io.github.vqvae4j.random.Rng;
import io.github.vqvae4j.tensor.Tensor;

/** Makes images of the vectors of a {@link WholeImageEncoder}. */
final class WholeImageDecoder extends Decoder {
  private final int numbers;
  private final DenseDecoder dense;

  WholeImageDecoder(int height, int width, int hidden, int vectors, int dimension, Rng rng) {
    numbers = vectors * dimension;
    dense =
        child("dense", DenseDecoder.images(height, width, 1).hidden(hidden).build(numbers, rng));
  }

  /** [b, 1, vectors, dimension] -> [b, height, width, 1]. */
  @Override
  protected Tensor compute(Tensor quantized) {
    return dense.forward(quantized.reshape(-1, numbers));
  }
}
