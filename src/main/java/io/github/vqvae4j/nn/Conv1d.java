package io.github.vqvae4j.nn;

import io.github.vqvae4j.random.Rng;
import io.github.vqvae4j.tensor.Step;
import io.github.vqvae4j.tensor.Tensor;

/**
 * One-dimensional convolution: sequences [b, time, in] to [b, time', out], {@code relu?(x * weight
 * + bias)}, with time' = (time + 2 padding - dilation (kernel - 1) - 1) / stride + 1 rounded down.
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
    super(config, false, rng, config.kernelWidth());
  }

  @Override
  protected Tensor compute(Tensor sequences) {
    return convolve(sequences, null);
  }

  /**
   * The convolution and a residual sum in one pass: {@code relu?(x * weight + bias + residual)}.
   *
   * @param residual of the result's shape, or null
   * @param sequences [b, time, in]
   * @return [b, time', out]
   */
  public Tensor addTo(Tensor residual, Tensor sequences) {
    Tensor sum = convolve(sequences, residual);
    sequences.step().computed(this, sum);
    return sum;
  }

  private Tensor convolve(Tensor sequences, Tensor residual) {
    Step step = sequences.step();
    return sequences.conv1d(weight(step), bias(step), residual, config().relu(), config().window());
  }
}
