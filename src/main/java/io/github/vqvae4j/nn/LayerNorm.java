package io.github.vqvae4j.nn;

import io.github.vqvae4j.tensor.Tensor;
import java.util.Arrays;

/**
 * Layer normalization over the last axis (Ba et al. 2016). Maps [.., dimension] to the same shape:
 * {@code (x - mean) / sqrt(variance + epsilon) * weight + bias}, with mean and variance over the
 * last axis.
 *
 * <p>Parameters: {@code weight} [dimension], initially 1, and {@code bias} [dimension], initially
 * 0; neither exists if the layer is not {@linkplain LayerNormConfig#affine() affine}.
 */
public final class LayerNorm extends Normalization {
  private final double epsilon;

  /**
   * Creates a layer with PyTorch's defaults.
   *
   * @param dimension the size of the last axis
   */
  public LayerNorm(int dimension) {
    this(LayerNormConfig.of(dimension));
  }

  /**
   * Creates a layer.
   *
   * @param config the settings
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
