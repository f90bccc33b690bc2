package io.github.vqvae4j.nn;

import io.github.vqvae4j.random.Rng;
import io.github.vqvae4j.tensor.Tensor;
import java.util.Arrays;

/**
 * A vector for each code: codes [..], as from {@link io.github.vqvae4j.tensor.Step#tensor(int[],
 * long...)}, to [.., dimension].
 *
 * <p>Parameter: {@code weight} [count, dimension], which starts from the standard normal
 * distribution, as in PyTorch.
 */
public final class Embedding extends Layer {
  private final int dimension;
  private final Parameter weight;

  /**
   * An embedding.
   *
   * @param count how many codes there are, from 0 on; at most 2^24, beyond which tensors do not
   *     hold whole numbers exactly
   * @param dimension of the vectors
   * @param rng where they are drawn from
   * @throws IllegalArgumentException if a number is out of its range
   */
  public Embedding(int count, int dimension, Rng rng) {
    if (count < 1 || count > 1 << 24 || dimension < 1) {
      throw new IllegalArgumentException(
          "Embedding: expected from 1 to 2^24 codes and vectors of at least 1 number, got "
              + count
              + " codes and "
              + dimension
              + " numbers.");
    }
    this.dimension = dimension;
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
    float[] numbers = codes.toFloats();
    int[] indices = new int[numbers.length];
    for (int i = 0; i < indices.length; i++) {
      indices[i] = (int) numbers[i];
      if (indices[i] != numbers[i]) {
        throw new IllegalArgumentException(
            "Embedding: expected codes, which are whole numbers, got "
                + numbers[i]
                + " at position "
                + i
                + ".");
      }
    }
    long[] shape = Arrays.copyOf(codes.shape(), codes.rank() + 1);
    shape[codes.rank()] = dimension;
    return weight.in(codes.step()).rows(indices).reshape(shape);
  }
}
