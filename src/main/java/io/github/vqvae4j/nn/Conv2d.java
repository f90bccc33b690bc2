package io.github.vqvae4j.nn;

import io.github.vqvae4j.tensor.Rng;
import io.github.vqvae4j.tensor.Tensor;

/**
 * Two-dimensional convolution: images [b, h, w, in] to [b, h', w', out], {@code relu?(x * weight +
 * bias)}, with h' = (h + 2 padding - kernel) / stride + 1 rounded down.
 *
 * <p>Parameters: {@code weight} [kernel height, kernel width, in, out], {@code bias} [out].
 */
public final class Conv2d extends Layer {
  private final ConvConfig config;
  private final Parameter weight;
  private final Parameter bias;

  /**
   * A convolution.
   *
   * @param config its settings
   * @param rng where the weights are drawn from
   */
  public Conv2d(ConvConfig config, Rng rng) {
    this.config = config;
    long fanIn = config.kernelSize() * config.in();
    long fanOut = config.kernelSize() * config.out();
    long[] shape = {config.kernelHeight(), config.kernelWidth(), config.in(), config.out()};
    Initializer initializer = config.initializer();
    weight =
        parameter("weight", initializer.weights(rng, fanIn, fanOut, fanIn * config.out()), shape);
    bias =
        config.bias()
            ? parameter("bias", initializer.biases(rng, fanIn, config.out()), config.out())
            : null;
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
        weight.in(images.step()),
        bias == null ? null : bias.in(images.step()),
        residual,
        config.relu(),
        config.window());
  }
}
