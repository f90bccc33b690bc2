package io.github.vqvae4j.nn;

import io.github.vqvae4j.random.Rng;
import io.github.vqvae4j.tensor.Step;
import io.github.vqvae4j.tensor.Tensor;

/** What all convolutions have: their settings, weights, and perhaps a bias. */
abstract class Convolution extends Layer {
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

  final ConvConfig config() {
    return config;
  }

  final Tensor weight(Step step) {
    return weight.in(step);
  }

  /** Null if there is none. */
  final Tensor bias(Step step) {
    return bias == null ? null : bias.in(step);
  }
}
