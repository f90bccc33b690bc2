package io.github.vqvae4j.nn;

import io.github.vqvae4j.random.Rng;
import io.github.vqvae4j.tensor.internal.FusedConvolution.Form;

/**
 * Transposed two-dimensional convolution. Maps images [b, h, w, in] to [b, h', w', out], with h' =
 * (h - 1) stride - padding on both sides + dilation (kernel - 1) + 1 + output padding. Kernel 4,
 * stride 2 and padding 1 double the size.
 *
 * <p>Parameters: {@code weight} [kernel height, kernel width, out / groups, in], {@code bias}
 * [out].
 */
public final class ConvTranspose2d extends Convolution {
  /**
   * Creates a layer.
   *
   * @param config the settings
   * @param rng the random number generator for the initial weights
   * @throws IllegalArgumentException if a mask is set or the padding is CAUSAL
   */
  public ConvTranspose2d(ConvConfig config, Rng rng) {
    super(Form.CONV_TRANSPOSE_2D, config, rng, config.kernelHeight(), config.kernelWidth());
  }
}
