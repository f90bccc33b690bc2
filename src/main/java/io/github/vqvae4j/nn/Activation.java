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
  /** The rectified linear unit, max(x, 0). */
  public static final Activation RELU = new Activation(Tensor::relu);

  /** The logistic sigmoid, 1 / (1 + e^-x). */
  public static final Activation SIGMOID = new Activation(Tensor::sigmoid);

  /** The hyperbolic tangent, tanh x. */
  public static final Activation TANH = new Activation(Tensor::tanh);

  /** The leaky rectified linear unit, max(x, 0) + 0.01 min(x, 0). */
  public static final Activation LEAKY_RELU = leakyRelu(0.01);

  /** The exponential linear unit: x if x > 0, else e^x - 1. */
  public static final Activation ELU = elu(1);

  /** The sigmoid linear unit, x / (1 + e^-x). */
  public static final Activation SILU = new Activation(Tensor::silu);

  /** The Gaussian error linear unit, x (1 + erf(x / sqrt(2))) / 2. */
  public static final Activation GELU = new Activation(Tensor::gelu);

  /** Softplus, ln(1 + e^x). */
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
   * @param alpha the scale of the negative part, which approaches -alpha
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
