package io.github.vqvae4j.nn;

import io.github.vqvae4j.random.Rng;
import io.github.vqvae4j.tensor.Tensor;
import io.github.vqvae4j.tensor.internal.FusedConvolution.Form;

/**
 * Two-dimensional convolution. Maps images [b, h, w, in] to [b, h', w', out]: {@code x * weight +
 * bias}, optionally followed by a ReLU, with h' = (h + padding on both sides - dilation * (kernel -
 * 1) - 1) / stride + 1, rounded down.
 *
 * <pre>{@code
 * Conv2d conv = new Conv2d(ConvConfig.of(1, 64, 4).stride(2).padding(1).relu(true), new Rng(42));
 * try (Step step = Step.inference()) {
 *   Tensor images = step.tensor(new float[8 * 28 * 28], 8, 28, 28, 1);
 *   Tensor features = conv.forward(images); // [8, 14, 14, 64]
 * }
 * }</pre>
 *
 * <p>Parameters: {@code weight} [kernel height, kernel width, in / groups, out], {@code bias}
 * [out].
 */
public final class Conv2d extends Convolution {
  /**
   * Creates a layer.
   *
   * @param config the settings
   * @param rng the random number generator for the initial weights
   * @throws IllegalArgumentException if the mask excludes every pixel or the padding is CAUSAL
   */
  public Conv2d(ConvConfig config, Rng rng) {
    super(Form.CONV_2D, config, rng, config.kernelHeight(), config.kernelWidth());
  }

  /**
   * Computes the convolution of rows of a larger input: columns are padded as in {@link #forward},
   * rows are not. This is how autoregressive models compute one row at a time.
   *
   * @param rows the rows [b, r, w, in], with the padding of the input above and below; at least as
   *     many as the dilated kernel
   * @return the outputs [b, r', w', out] whose kernels are inside these rows
   * @throws IllegalArgumentException if there are too few rows, or the input has another rank or
   *     number of channels
   */
  public Tensor ofRows(Tensor rows) {
    return withoutRowPadding(rows);
  }
}
