package io.github.vqvae4j.train;

import io.github.vqvae4j.nn.Parameter;
import io.github.vqvae4j.tensor.Step;
import io.github.vqvae4j.tensor.Tensor;
import java.util.Collection;
import java.util.LinkedHashSet;

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
   * Returns these gradients, scaled down if their L2 norm exceeds a maximum (Pascanu, Mikolov and
   * Bengio 2013, algorithm 1), equivalent to PyTorch's {@code clip_grad_norm_}. For custom training
   * loops.
   *
   * @param parameters the parameters over which the norm is computed
   * @param maxNorm the maximum norm, above 0
   * @return a view of these gradients
   * @throws IllegalArgumentException if the maximum norm is not above 0, or a gradient is NaN or
   *     infinite, or overflows a float when squared
   */
  default Gradients clipNorm(Collection<Parameter> parameters, double maxNorm) {
    Checks.maxNorm("Gradients.clipNorm", maxNorm);
    float factor = ObjectiveState.clipFactor(norm(parameters), maxNorm);
    return factor < 1 ? times(factor) : this;
  }

  /**
   * Returns the L2 norm of all gradients.
   *
   * @param parameters the parameters over which the norm is computed; those without a gradient are
   *     ignored
   * @return the norm
   * @throws IllegalArgumentException if a gradient is NaN or infinite, or overflows a float when
   *     squared
   */
  default double norm(Collection<Parameter> parameters) {
    FiniteCheck check = new FiniteCheck();
    double sumOfSquares = 0;
    for (Parameter parameter : new LinkedHashSet<>(parameters)) {
      if (has(parameter)) {
        double sum = check.sumOfSquares(this, parameter);
        if (!Double.isFinite(sum)) {
          throw new IllegalArgumentException(
              "Gradients.norm: expected finite gradients whose squares a float can represent, got "
                  + check.worst(this, parameter)
                  + " in the gradient of "
                  + parameter.name()
                  + ". Skip this update, and use a smaller learning rate.");
        }
        sumOfSquares += sum;
      }
    }
    return Math.sqrt(sumOfSquares);
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
