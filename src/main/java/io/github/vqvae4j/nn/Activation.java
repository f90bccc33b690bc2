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

  private final UnaryOperator<Tensor> function;

  private Activation(UnaryOperator<Tensor> function) {
    this.function = function;
  }

  @Override
  protected Tensor compute(Tensor x) {
    return function.apply(x);
  }
}
