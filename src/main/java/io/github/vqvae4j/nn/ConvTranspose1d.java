package io.github.vqvae4j.nn;

import io.github.vqvae4j.random.Rng;
import io.github.vqvae4j.tensor.Tensor;

/**
 * Transposed one-dimensional convolution: sequences [b, time, in] to [b, time', out], with time' =
 * (time - 1) stride - 2 padding + dilation (kernel - 1) + 1 + output padding.
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
    super(config, true, rng, config.kernelWidth());
  }

  @Override
  Tensor convolve(Tensor x, Tensor weight, Tensor bias, Tensor residual, ConvConfig config) {
    return x.convTranspose1d(weight, bias, residual, config.relu(), config.window());
  }
}
