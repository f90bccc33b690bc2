package io.github.vqvae4j.nn;

import io.github.vqvae4j.tensor.Tensor;
import java.util.Arrays;

/**
 * Layer normalization of the last axis (Ba et al. 2016): [.., dimension] to the same shape, {@code
 * (x - mean) / sqrt(variance + epsilon) weight + bias} with mean and variance of each row.
 *
 * <p>Parameters: {@code weight} [dimension], which starts at 1, and {@code bias} [dimension], at 0.
 */
public final class LayerNorm extends Layer {
  private final int dimension;
  private final double epsilon;
  private final Parameter weight;
  private final Parameter bias;

  /**
   * A normalization with PyTorch's epsilon, 1e-5.
   *
   * @param dimension size of the last axis
   */
  public LayerNorm(int dimension) {
    this(dimension, Norms.EPSILON);
  }

  /**
   * A normalization.
   *
   * @param dimension size of the last axis
   * @param epsilon added to the variance, above 0
   * @throws IllegalArgumentException if a number is out of its range
   */
  public LayerNorm(int dimension, double epsilon) {
    Norms.check("LayerNorm", dimension, epsilon);
    this.dimension = dimension;
    this.epsilon = epsilon;
    weight = parameter("weight", () -> Norms.ones(dimension), dimension);
    bias = parameter("bias", () -> new float[dimension], dimension);
  }

  @Override
  protected Tensor compute(Tensor x) {
    if (x.size(-1) != dimension) {
      throw new IllegalArgumentException(
          "LayerNorm: expected [.., " + dimension + "], got " + Arrays.toString(x.shape()) + ".");
    }
    return x.layerNorm(weight.in(x.step()), bias.in(x.step()), epsilon);
  }
}
