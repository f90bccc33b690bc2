package io.github.vqvae4j.nn;

import io.github.vqvae4j.random.Rng;
import io.github.vqvae4j.tensor.internal.FusedConvolution.Form;

/**
 * Two-dimensional convolution: images [b, h, w, in] to [b, h', w', out], {@code relu?(x * weight +
 * bias)}, with h' = (h + padding at both sides - dilation (kernel - 1) - 1) / stride + 1 rounded
 * down.
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
    super(Form.CONV_2D, config, rng, config.kernelHeight(), config.kernelWidth());
  }
}
