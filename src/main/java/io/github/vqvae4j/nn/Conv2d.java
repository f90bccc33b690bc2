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
  protected Tensor compute(Tensor images) {
    return convolve(images, null);
  }

  /**
   * The convolution and a residual sum in one pass: {@code relu?(x * weight + bias + residual)}.
   *
   * @param residual of the result's shape, or null
   * @param images [b, h, w, in]
   * @return [b, h', w', out]
   */
  public Tensor addTo(Tensor residual, Tensor images) {
    Tensor sum = convolve(images, residual);
    images.step().computed(this, sum);
    return sum;
  }

  private Tensor convolve(Tensor images, Tensor residual) {
    return images.conv2d(
        weight(images.step()), bias(images.step()), residual, config().relu(), config().window());
  }
}
