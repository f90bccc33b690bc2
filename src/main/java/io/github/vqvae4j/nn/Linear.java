package io.github.vqvae4j.nn;

import io.github.vqvae4j.random.Rng;
import io.github.vqvae4j.tensor.Tensor;
import java.util.Arrays;

/**
 * A fully connected layer. Maps the last axis, [.., in] to [.., out]: {@code x weight + bias}.
 *
 * <p>Parameters: {@code weight} [in, out], {@code bias} [out].
 */
public final class Linear extends Layer {
  private final int in;
  private final int out;
  private final Parameter weight;
  private final Parameter bias;

  /**
   * Creates a layer with a bias and PyTorch's initialization.
   *
   * @param in the size of the last axis of the input
   * @param out the size of the last axis of the output
   * @param rng the random number generator for the initial weights
   * @throws IllegalArgumentException if a size is less than 1
   */
  public Linear(int in, int out, Rng rng) {
    this(LinearConfig.of(in, out), rng);
  }

  /**
   * Creates a layer.
   *
   * @param config the settings
   * @param rng the random number generator for the initial weights
   */
  public Linear(LinearConfig config, Rng rng) {
    in = config.in();
    out = config.out();
    Initializer initializer = config.initializer();
    weight = parameter("weight", () -> initializer.weights(rng, in, out, (long) in * out), in, out);
    bias = config.bias() ? parameter("bias", () -> initializer.biases(rng, in, out), out) : null;
  }

  @Override
  protected Tensor compute(Tensor x) {
    long[] shape = x.shape();
    if (x.size(-1) != in) {
      throw new IllegalArgumentException(
          "Linear: expected [.., " + in + "], got " + Arrays.toString(shape) + ".");
    }
    shape[shape.length - 1] = out;
    Tensor product = x.reshape(-1, in).matmul(weight.in(x.step()));
    if (bias == null) {
      return product.reshape(shape);
    }
    return product.add(bias.in(x.step())).release(product).reshape(shape);
  }
}
