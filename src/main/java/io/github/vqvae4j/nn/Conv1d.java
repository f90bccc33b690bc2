package io.github.vqvae4j.nn;

import io.github.vqvae4j.random.Rng;
import io.github.vqvae4j.tensor.internal.FusedConvolution.Form;

/**
 * One-dimensional convolution. Maps sequences [b, time, in] to [b, time', out]: {@code x * weight +
 * bias}, optionally followed by a ReLU, with time' = (time + padding at both ends - dilation
 * (kernel - 1) - 1) / stride + 1, rounded down.
 *
 * <pre>{@code
 * Conv1d conv = new Conv1d(ConvConfig.of(2, 64, 7).stride(2).padding(3), new Rng(42));
 * try (Step step = Step.inference()) {
 *   Tensor output = conv.forward(step.tensor(new float[100 * 2], 1, 100, 2)); // [1, 50, 64]
 * }
 * }</pre>
 *
 * <p>Parameters: {@code weight} [kernel, in / groups, out], {@code bias} [out].
 */
public final class Conv1d extends Convolution {
  /**
   * Creates a layer.
   *
   * @param config the settings; height settings are ignored
   * @param rng the random number generator for the initial weights
   * @throws IllegalArgumentException if the mask excludes every pixel
   */
  public Conv1d(ConvConfig config, Rng rng) {
    super(Form.CONV_1D, config, rng, config.kernelWidth());
  }
}
