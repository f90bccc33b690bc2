package io.github.vqvae4j.nn;

import io.github.vqvae4j.tensor.Rng;
import io.github.vqvae4j.tensor.Tensor;

/**
 * Transposed two-dimensional convolution: images [b, h, w, in] to [b, h', w', out], with h' = (h -
 * 1) stride - 2 padding + kernel; kernel 4, stride 2 and padding 1 double the size.
 *
 * <p>Parameters: {@code weight} [kernel height, kernel width, out, in], {@code bias} [out].
 */
public final class ConvTranspose2d extends Layer {
  private final ConvConfig config;
  private final Parameter weight;
  private final Parameter bias;

  /**
   * A transposed convolution.
   *
   * @param config its settings
   * @param rng where the weights are drawn from
   */
  public ConvTranspose2d(ConvConfig config, Rng rng) {
    this.config = config;
    Initializer initializer = config.initializer();
    long inputs = config.kernelSize() * config.in();
    long outputs = config.kernelSize() * config.out();
    // PyTorch takes a transposed convolution's fan_in from its output channels.
    long fanIn = initializer == Initializer.TORCH ? outputs : inputs;
    long[] shape = {config.kernelHeight(), config.kernelWidth(), config.out(), config.in()};
    weight =
        parameter("weight", initializer.weights(rng, fanIn, outputs, inputs * config.out()), shape);
    bias =
        config.bias()
            ? parameter("bias", initializer.biases(rng, fanIn, config.out()), config.out())
            : null;
  }

  @Override
  protected Tensor compute(Tensor images) {
    return images.convTranspose2d(
        weight.in(images.step()),
        bias == null ? null : bias.in(images.step()),
        null,
        config.relu(),
        config.window());
  }
}
