package io.github.vqvae4j.nn;

import io.github.vqvae4j.random.Rng;
import io.github.vqvae4j.tensor.Tensor;
import io.github.vqvae4j.tensor.internal.FusedConvolution;
import io.github.vqvae4j.tensor.internal.FusedConvolution.Form;

/** What all convolutions have: their settings, weights, and perhaps a bias. */
public abstract sealed class Convolution extends Layer
    permits Conv1d, Conv2d, ConvTranspose1d, ConvTranspose2d {
  /** A kind of convolution, for layers that there are of each: {@code Conv1d::new}. */
  @FunctionalInterface
  public interface Kind {
    /**
     * Makes a convolution.
     *
     * @param config its settings
     * @param rng where the weights are drawn from
     * @return a new layer
     */
    Convolution of(ConvConfig config, Rng rng);
  }

  private final Form form;
  private final ConvConfig config;
  private final Parameter weight;
  private final Parameter bias;

  /**
   * Makes the weights: [kernel.., in / groups, out], or [kernel.., out / groups, in] if transposed.
   *
   * @param kernel its size along each axis
   */
  Convolution(Form form, ConvConfig config, Rng rng, int... kernel) {
    this.form = form;
    this.config = config;
    boolean transposed = form == Form.CONV_TRANSPOSE_1D || form == Form.CONV_TRANSPOSE_2D;
    int inOfGroup = config.in() / config.window().groups();
    int outOfGroup = config.out() / config.window().groups();
    long[] shape = new long[kernel.length + 2];
    long kernelSize = 1;
    for (int i = 0; i < kernel.length; i++) {
      shape[i] = kernel[i];
      kernelSize *= kernel[i];
    }
    shape[kernel.length] = transposed ? outOfGroup : inOfGroup;
    shape[kernel.length + 1] = transposed ? config.in() : config.out();

    Initializer initializer = config.initializer();
    long inputs = kernelSize * inOfGroup;
    long outputs = kernelSize * outOfGroup;
    // PyTorch takes a transposed convolution's fan_in from its output channels.
    long fanIn = transposed && initializer == Initializer.TORCH ? outputs : inputs;
    weight =
        parameter(
            "weight", () -> initializer.weights(rng, fanIn, outputs, inputs * config.out()), shape);
    bias =
        config.bias()
            ? parameter("bias", () -> initializer.biases(rng, fanIn, config.out()), config.out())
            : null;
  }

  @Override
  protected final Tensor compute(Tensor x) {
    return convolve(x, null);
  }

  /** The convolution and a residual sum in one pass: relu?(x * weight + bias + residual). */
  final Tensor addTo(Tensor residual, Tensor x) {
    return within(x.step(), () -> convolve(x, residual));
  }

  private Tensor convolve(Tensor x, Tensor residual) {
    Tensor addend = bias == null ? null : bias.in(x.step());
    return FusedConvolution.of(
        form, x, weight.in(x.step()), addend, residual, config.relu(), config.window());
  }
}
