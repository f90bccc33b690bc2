package io.github.vqvae4j.nn;

import io.github.vqvae4j.random.Rng;
import io.github.vqvae4j.tensor.DType;
import io.github.vqvae4j.tensor.Tensor;

/**
 * A lookup table of one vector for each code. Maps integer codes [..], such as those of {@link
 * io.github.vqvae4j.tensor.Step#tensor(int[], long...)}, to vectors [.., dimension].
 *
 * <pre>{@code
 * Embedding embedding = new Embedding(512, 64, new Rng(42));
 * try (Step step = Step.inference()) {
 *   Tensor vectors = embedding.forward(step.tensor(new int[] {3, 511}, 2)); // [2, 64]
 * }
 * }</pre>
 *
 * <p>Parameter: {@code weight} [count, dimension], initialized from the standard normal
 * distribution, as in PyTorch.
 */
public final class Embedding extends Layer {
  private final Parameter weight;

  /**
   * Creates a layer.
   *
   * @param count the number of codes
   * @param dimension the size of each vector
   * @param rng the random number generator for the initial weights
   * @throws IllegalArgumentException if a value is out of range
   */
  public Embedding(int count, int dimension, Rng rng) {
    if (count < 1 || dimension < 1) {
      throw new IllegalArgumentException(
          "Embedding: expected count and dimension of at least 1, got count "
              + count
              + " and dimension "
              + dimension
              + ".");
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
          "Embedding: expected codes of type INT, got "
              + codes.dtype()
              + ". Create them with step.tensor(int[], ..).");
    }
    return weight.in(codes.step()).embedding(codes);
  }
}
