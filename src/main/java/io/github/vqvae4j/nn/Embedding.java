package io.github.vqvae4j.nn;

import io.github.vqvae4j.random.Rng;
import io.github.vqvae4j.tensor.DType;
import io.github.vqvae4j.tensor.Tensor;

/**
 * A vector for each code: codes [..], as from {@link io.github.vqvae4j.tensor.Step#tensor(int[],
 * long...)}, to [.., dimension].
 *
 * <p>Parameter: {@code weight} [count, dimension], which starts from the standard normal
 * distribution, as in PyTorch.
 */
public final class Embedding extends Layer {
  private final Parameter weight;

  /**
   * An embedding.
   *
   * @param count how many codes there are, from 0 on
   * @param dimension of the vectors
   * @param rng where they are drawn from
   * @throws IllegalArgumentException if a number is out of its range
   */
  public Embedding(int count, int dimension, Rng rng) {
    if (count < 1 || dimension < 1) {
      throw new IllegalArgumentException(
          "Embedding: expected at least 1 code and vectors of at least 1 number, got "
              + count
              + " codes and "
              + dimension
              + " numbers.");
    }
    weight = parameter("weight", () -> vectors(count, dimension, rng), count, dimension);
  }

  private static float[] vectors(int count, int dimension, Rng rng) {
    float[] vectors = new float[Math.multiplyExact(count, dimension)];
    for (int i = 0; i < vectors.length; i++) {
      vectors[i] = (float) rng.nextGaussian();
    }
    return vectors;
  }

  @Override
  protected Tensor compute(Tensor codes) {
    if (codes.dtype() != DType.INT) {
      throw new IllegalArgumentException(
          "Embedding: expected codes in INT, as from step.tensor(int[], ..), got "
              + codes.dtype()
              + ".");
    }
    return weight.in(codes.step()).embedding(codes);
  }
}
