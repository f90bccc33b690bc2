package io.github.vqvae4j.train;

import io.github.vqvae4j.nn.Parameter;
import io.github.vqvae4j.tensor.Step;
import io.github.vqvae4j.tensor.Tensor;

/** The gradients that an optimizer moves parameters along: those of a step, or made from such. */
public interface Gradients {
  /**
   * Whether a parameter has one.
   *
   * @param parameter of the model
   * @return false if the loss did not depend on it, or it is frozen
   */
  boolean has(Parameter parameter);

  /**
   * Copies a part of a parameter's gradient out.
   *
   * @param parameter one that has a gradient
   * @param offset of the first number in the gradient, row by row
   * @param target where they go, from its start
   * @param length how many
   */
  void read(Parameter parameter, int offset, float[] target, int length);

  /**
   * Those that {@code backward} found.
   *
   * @param step an open one
   * @return its gradients, for as long as it is open
   */
  static Gradients of(Step step) {
    return new Gradients() {
      @Override
      public boolean has(Parameter parameter) {
        return parameter.isTrainable() && step.gradient(parameter) != null;
      }

      @Override
      public void read(Parameter parameter, int offset, float[] target, int length) {
        Tensor gradient = step.gradient(parameter);
        gradient.read(offset, target, 0, length);
      }
    };
  }

  /**
   * These gradients times a number.
   *
   * @param factor what each is multiplied by
   * @return a view of these
   */
  default Gradients times(float factor) {
    Gradients whole = this;
    return new Gradients() {
      @Override
      public boolean has(Parameter parameter) {
        return whole.has(parameter);
      }

      @Override
      public void read(Parameter parameter, int offset, float[] target, int length) {
        whole.read(parameter, offset, target, length);
        for (int i = 0; i < length; i++) {
          target[i] *= factor;
        }
      }
    };
  }
}
