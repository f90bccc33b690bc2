package io.github.vqvae4j.nn;

import io.github.vqvae4j.random.Rng;
import io.github.vqvae4j.tensor.Step;
import io.github.vqvae4j.tensor.Tensor;

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

  private final ConvConfig config;
  private final Parameter weight;
  private final Parameter bias;

  /**
   * Makes the weights: [kernel.., in / groups, out], or [kernel.., out / groups, in] if transposed.
   *
   * @param kernel its size along each axis
   */
  Convolution(ConvConfig config, boolean transposed, Rng rng, int... kernel) {
    this.config = config;
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
    return sum(x, null);
  }

  /**
   * The convolution and a residual sum in one pass: {@code relu?(x * weight + bias + residual)}.
   *
   * @param residual of the result's shape
   */
  final Tensor addTo(Tensor residual, Tensor x) {
    Tensor sum = sum(x, residual);
    x.step().computed(this, sum);
    return sum;
  }

  private Tensor sum(Tensor x, Tensor residual) {
    Step step = x.step();
    Tensor kernel = weight.in(step);
    return convolve(x, kernel, bias == null ? null : bias.in(step), residual, config);
  }

  /** Computes {@code relu?(x * weight + bias + residual)}; bias and residual may be null. */
  abstract Tensor convolve(
      Tensor x, Tensor weight, Tensor bias, Tensor residual, ConvConfig config);
}
