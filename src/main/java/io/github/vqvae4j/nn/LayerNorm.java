package io.github.vqvae4j.nn;

import io.github.vqvae4j.tensor.Tensor;
import java.util.Arrays;

/**
 * Layer normalization of the last axis (Ba et al. 2016): [.., dimension] to the same shape, {@code
 * (x - mean) / sqrt(variance + epsilon) weight + bias} with mean and variance of each row.
 *
 * <p>Parameters: {@code weight} [dimension], which starts at 1, and {@code bias} [dimension], at 0;
 * neither if it is not {@linkplain LayerNormConfig#affine() affine}.
 */
public final class LayerNorm extends Normalization {
  private final double epsilon;

  /**
   * A normalization with PyTorch's defaults.
   *
   * @param dimension size of the last axis
   */
  public LayerNorm(int dimension) {
    this(LayerNormConfig.of(dimension));
  }

  /**
   * A normalization.
   *
   * @param config its settings
   */
  public LayerNorm(LayerNormConfig config) {
    super(config.dimension(), config.affine());
    epsilon = config.epsilon();
  }

  @Override
  protected Tensor compute(Tensor x) {
    if (x.size(-1) != channels()) {
      throw new IllegalArgumentException(
          "LayerNorm: expected [.., " + channels() + "], got " + Arrays.toString(x.shape()) + ".");
    }
    return isAffine() ? x.layerNorm(weight(x), bias(x), epsilon) : x.layerNorm(epsilon);
  }
}
