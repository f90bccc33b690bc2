package io.github.vqvae4j.nn;

import io.github.vqvae4j.random.Rng;
import io.github.vqvae4j.tensor.Tensor;

/**
 * Two-dimensional convolution: images [b, h, w, in] to [b, h', w', out], {@code relu?(x * weight +
 * bias)}, with h' = (h + 2 padding - dilation (kernel - 1) - 1) / stride + 1 rounded down.
 *
 * <p>Parameters: {@code weight} [kernel height, kernel width, in / groups, out], {@code bias}
 * [out].
 */
public final class Conv2d extends Convolution {
  /**
   * A convolution.
   *
   * @param config its settings
   * @param rng where the weights are drawn from
   */
  public Conv2d(ConvConfig config, Rng rng) {
    super(config, false, rng, config.kernelHeight(), config.kernelWidth());
  }

  @Override
  Tensor convolve(Tensor x, Tensor weight, Tensor bias, Tensor residual, ConvConfig config) {
    return x.conv2d(weight, bias, residual, config.relu(), config.window());
  }
}
