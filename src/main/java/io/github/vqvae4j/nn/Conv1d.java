package io.github.vqvae4j.nn;

import io.github.vqvae4j.random.Rng;
import io.github.vqvae4j.tensor.internal.FusedConvolution.Form;

/**
 * One-dimensional convolution: sequences [b, time, in] to [b, time', out], {@code relu?(x * weight
 * + bias)}, with time' = (time + padding at both ends - dilation (kernel - 1) - 1) / stride + 1
 * rounded down.
 *
 * <p>Parameters: {@code weight} [kernel, in / groups, out], {@code bias} [out].
 */
public final class Conv1d extends Convolution {
  /**
   * A convolution.
   *
   * @param config its settings, of which those of the height do not count
   * @param rng where the weights are drawn from
   */
  public Conv1d(ConvConfig config, Rng rng) {
    super(Form.CONV_1D, config, rng, config.kernelWidth());
  }
}
