package io.github.vqvae4j.nn;

import io.github.vqvae4j.tensor.Tensor;
import java.util.function.UnaryOperator;

/** A function of each element, as a layer. It has no state, so one instance serves everywhere. */
public final class Activation extends Layer {
  /** max(x, 0). */
  public static final Activation RELU = new Activation(Tensor::relu);

  /** 1 / (1 + e^-x). */
  public static final Activation SIGMOID = new Activation(Tensor::sigmoid);

  /** tanh x. */
  public static final Activation TANH = new Activation(Tensor::tanh);

  /** max(x, 0) + 0.01 min(x, 0). */
  public static final Activation LEAKY_RELU = leakyRelu(0.01);

  /** x where it is above 0, else e^x - 1. */
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
   * A leaky rectified linear unit, max(x, 0) + slope min(x, 0).
   *
   * @param slope of the negative side
   * @return the layer
   */
  public static Activation leakyRelu(double slope) {
    return new Activation(x -> x.leakyRelu(slope));
  }

  /**
   * An exponential linear unit, x where it is above 0, else alpha (e^x - 1).
   *
   * @param alpha minus the limit for very negative x
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
