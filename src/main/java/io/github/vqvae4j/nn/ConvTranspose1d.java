package io.github.vqvae4j.nn;

import io.github.vqvae4j.random.Rng;
import io.github.vqvae4j.tensor.internal.FusedConvolution.Form;

/**
 * Transposed one-dimensional convolution: sequences [b, time, in] to [b, time', out], with time' =
 * (time - 1) stride - padding at both ends + dilation (kernel - 1) + 1 + output padding.
 *
 * <p>Parameters: {@code weight} [kernel, out / groups, in], {@code bias} [out].
 */
public final class ConvTranspose1d extends Convolution {
  /**
   * A transposed convolution.
   *
   * @param config its settings, of which those of the height do not count
   * @param rng where the weights are drawn from
   */
  public ConvTranspose1d(ConvConfig config, Rng rng) {
    super(Form.CONV_TRANSPOSE_1D, config, rng, config.kernelWidth());
  }
}
