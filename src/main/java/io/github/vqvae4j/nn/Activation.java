package io.github.vqvae4j.nn;

import io.github.vqvae4j.tensor.Tensor;
import java.util.function.UnaryOperator;

/**
 * An element-wise activation function as a layer. Activations are stateless, so the constants can
 * be shared between models.
 *
 * <pre>{@code
 * Sequential mlp =
 *     Sequential.of(new Linear(64, 128, rng), Activation.GELU, new Linear(128, 10, rng));
 * }</pre>
 */
public final class Activation extends Layer {
  /** max(x, 0). */
  public static final Activation RELU = new Activation(Tensor::relu);

  /** 1 / (1 + e^-x). */
  public static final Activation SIGMOID = new Activation(Tensor::sigmoid);

  /** tanh x. */
  public static final Activation TANH = new Activation(Tensor::tanh);

  /** max(x, 0) + 0.01 min(x, 0). */
  public static final Activation LEAKY_RELU = leakyRelu(0.01);

  /** x if x > 0, else e^x - 1. */
  public static final Activation ELU = elu(1);

  /** x / (1 + e^-x). */
  public static final Activation SILU = new Activation(Tensor::silu);

  /** x (1 + erf(x / sqrt(2))) / 2. */
  public static final Activation GELU = new Activation(Tensor::gelu);

  /** ln(1 + e^x). */
  public static final Activation SOFTPLUS = new Activation(Tensor::softplus);

  private final UnaryOperator<Tensor> function;

  private Activation(UnaryOperator<Tensor> function) {
    this.function = function;
  }

  /**
   * Creates a leaky ReLU, max(x, 0) + slope min(x, 0).
   *
   * @param slope the slope for negative inputs
   * @return the layer
   */
  public static Activation leakyRelu(double slope) {
    return new Activation(x -> x.leakyRelu(slope));
  }

  /**
   * Creates an exponential linear unit: x if x > 0, else alpha (e^x - 1).
   *
   * @param alpha the negated limit as x goes to minus infinity
   * @return the layer
   */
  public static Activation elu(double alpha) {
    return new Activation(x -> x.elu(alpha));
  }

  @Override
  protected Tensor compute(Tensor x) {
    return function.apply(x);
  }
}
