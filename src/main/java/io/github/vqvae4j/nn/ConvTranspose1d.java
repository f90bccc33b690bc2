package io.github.vqvae4j.nn;

import io.github.vqvae4j.random.Rng;
import io.github.vqvae4j.tensor.internal.FusedConvolution.Form;

/**
 * Transposed one-dimensional convolution. Maps sequences [b, time, in] to [b, time', out], with
 * time' = (time - 1) stride - padding at both ends + dilation (kernel - 1) + 1 + output padding.
 *
 * <p>Parameters: {@code weight} [kernel, out / groups, in], {@code bias} [out].
 */
public final class ConvTranspose1d extends Convolution {
  /**
   * Creates a layer.
   *
   * @param config the settings; height settings are ignored
   * @param rng the random number generator for the initial weights
   * @throws IllegalArgumentException if a mask is set
   */
  public ConvTranspose1d(ConvConfig config, Rng rng) {
    super(Form.CONV_TRANSPOSE_1D, config, rng, config.kernelWidth());
  }
}
