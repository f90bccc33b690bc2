package io.github.vqvae4j.train;

import io.github.vqvae4j.nn.Parameter;
import io.github.vqvae4j.tensor.Step;
import io.github.vqvae4j.tensor.Tensor;

/**
 * The gradients of a model's parameters as an {@link Optimizer} reads them: those of a step, or
 * values computed from them, such as accumulated or clipped gradients.
 */
public interface Gradients {
  /**
   * Returns whether a parameter has a gradient.
   *
   * @param parameter a parameter of the model
   * @return false if the loss does not depend on the parameter or the parameter is frozen
   */
  boolean has(Parameter parameter);

  /**
   * Copies a range of a parameter's gradient, in row-major order.
   *
   * @param parameter a parameter that has a gradient
   * @param offset the index of the first element to copy
   * @param target the destination, filled from index 0
   * @param length the number of elements to copy
   */
  void read(Parameter parameter, int offset, float[] target, int length);

  /**
   * Returns the gradients that {@code backward} computed in a step.
   *
   * @param step an open step
   * @return a view of its gradients, valid until the step is closed
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
   * Returns these gradients multiplied by a scalar.
   *
   * @param factor the factor
   * @return a view of these gradients
   */
  default Gradients times(float factor) {
    Gradients unscaled = this;
    return new Gradients() {
      @Override
      public boolean has(Parameter parameter) {
        return unscaled.has(parameter);
      }

      @Override
      public void read(Parameter parameter, int offset, float[] target, int length) {
        unscaled.read(parameter, offset, target, length);
        for (int i = 0; i < length; i++) {
          target[i] *= factor;
        }
      }
    };
  }
}
