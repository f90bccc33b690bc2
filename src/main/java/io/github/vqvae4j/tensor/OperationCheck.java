package io.github.vqvae4j.tensor;

import java.util.Arrays;

/**
 * Finds the operation that a NaN or an infinity comes from: the first whose result, or gradient,
 * has one worse than all that it is computed from. So a mask of infinities is no fault, but a NaN
 * made of it is.
 */
final class OperationCheck {
  private static final String REMEDY =
      "all that it was computed from was finite, or less bad. A smaller learning rate, normalized"
          + " inputs or an epsilon in a quotient, root or logarithm may help";

  /** How bad an element is. */
  private enum Fault {
    NONE,
    INFINITE,
    NAN
  }

  private OperationCheck() {}

  static void ofResults(Operation operation) {
    Fault before = worst(operation.inputs());
    for (Tensor result : operation.results()) {
      refuse(operation, "its result of shape " + shape(result), before, result);
    }
  }

  static void ofGradient(
      Operation operation, GradientArray dy, Tensor input, GradientArray gradient) {
    Step step = input.step();
    Fault ofInputs = worst(operation.inputs());
    Fault ofResult = worst(step.constant(dy.array(), dy.dtype()));
    Fault before = ofInputs.compareTo(ofResult) > 0 ? ofInputs : ofResult;
    int place = operation.inputs().indexOf(input);
    String what = "the gradient of its input " + place + " of shape " + shape(input);
    refuse(operation, what, before, step.constant(gradient.array(), gradient.dtype()));
  }

  private static String shape(Tensor tensor) {
    return Arrays.toString(tensor.dims());
  }

  private static void refuse(Operation operation, String what, Fault before, Tensor now) {
    Fault fault = worst(now);
    if (fault.compareTo(before) > 0) {
      double value = now.toDoubles()[(int) NonFinite.index(now)];
      throw new NonFiniteException(operation.toString(), what, value, REMEDY);
    }
  }

  private static Fault worst(Iterable<Tensor> tensors) {
    Fault worst = Fault.NONE;
    for (Tensor tensor : tensors) {
      Fault fault = tensor == null ? Fault.NONE : worst(tensor);
      worst = fault.compareTo(worst) > 0 ? fault : worst;
    }
    return worst;
  }

  private static Fault worst(Tensor tensor) {
    if (tensor.dtype() == DType.INT || NonFinite.index(tensor) < 0) {
      return Fault.NONE;
    }
    for (double value : tensor.toDoubles()) {
      if (Double.isNaN(value)) {
        return Fault.NAN;
      }
    }
    return Fault.INFINITE;
  }
}
