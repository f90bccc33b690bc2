package io.github.vqvae4j.tensor;

import java.util.Arrays;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * Finds the operation that a NaN or an infinity comes from: the first whose result, or gradient,
 * has one worse than all that it is computed from. So a mask of infinities is no fault, but a NaN
 * made of it is.
 */
final class OperationCheck {
  private static final String REMEDY =
      "all that it was computed from was finite or, where this is NaN, at most infinite. A smaller"
          + " learning rate, normalized inputs or an epsilon in a quotient, root or logarithm may"
          + " help";

  /** How bad an element is. */
  private enum Fault {
    NONE,
    INFINITE,
    NAN
  }

  private OperationCheck() {}

  static void ofResults(Operation operation) {
    Fault before = worst(operation.inputs());
    if (before == Fault.NAN) {
      checkWithNan(operation);
      return;
    }
    for (Tensor result : operation.results()) {
      refuse(operation.toString(), "its result of shape " + shape(result), before, result);
    }
  }

  /**
   * An operand that is NaN is a fault, even where the result hides it; but not where it is only
   * seen under another shape, nor where the operation may leave its elements out and did.
   */
  private static void checkWithNan(Operation operation) {
    for (Tensor input : operation.inputs()) {
      if (input != null && hasNan(input) && !ignores(operation, input)) {
        throw new NonFiniteException(
            operation.toString(), inputs(operation, input), Double.NaN, remedy(input));
      }
    }
  }

  private static boolean ignores(Operation operation, Tensor input) {
    return operation.results().get(0).owner() == input.owner()
        || operation.kind().leftNanOut(operation);
  }

  /** What every checked operation gives is not NaN, so the operand came from elsewhere. */
  private static String remedy(Tensor input) {
    return input.storage() != null
        ? "it is the variable "
            + input.storage().name()
            + ", which was NaN before the operation: look at what was loaded, or at the last update"
        : "no checked operation made it, so it is a constant, or older than"
            + " Step.checkEachOperation: look at the data";
  }

  static void ofGradient(
      Operation operation, GradientArray dy, Tensor input, GradientArray gradient) {
    Step step = input.step();
    Fault before = worst(worst(operation.inputs()), worst(constant(step, dy)));
    String what = "the gradient of " + inputs(operation, input);
    refuse(operation.toString(), what, before, constant(step, gradient));
  }

  /** The sum of two gradients of one tensor. */
  static GradientArray ofSum(
      Step step, Operation operation, GradientArray first, GradientArray second) {
    Fault before = worst(worst(constant(step, first)), worst(constant(step, second)));
    GradientArray sum = first.plus(second, step.kernels(first.dtype()));
    String source = operation == null ? "backward" : operation.toString();
    refuse(source, "the sum of gradients of an operand", before, constant(step, sum));
    return sum;
  }

  private static Tensor constant(Step step, GradientArray gradient) {
    return step.constant(gradient.array(), gradient.dtype());
  }

  private static String inputs(Operation operation, Tensor input) {
    String places =
        IntStream.range(0, operation.inputs().size())
            .filter(i -> operation.inputs().get(i) == input)
            .mapToObj(i -> "input " + i)
            .collect(Collectors.joining(" or "));
    return "its " + places + " of shape " + shape(input);
  }

  private static String shape(Tensor tensor) {
    return Arrays.toString(tensor.dims());
  }

  private static void refuse(String source, String what, Fault before, Tensor now) {
    Fault fault = worst(now);
    if (fault.compareTo(before) > 0) {
      double value = fault == Fault.NAN ? Double.NaN : now.toDoubles()[(int) NonFinite.index(now)];
      throw new NonFiniteException(source, what, value, REMEDY);
    }
  }

  static boolean hasNan(Tensor tensor) {
    return worst(tensor) == Fault.NAN;
  }

  private static Fault worst(Fault first, Fault second) {
    return first.compareTo(second) > 0 ? first : second;
  }

  private static Fault worst(Iterable<Tensor> tensors) {
    Fault worst = Fault.NONE;
    for (Tensor tensor : tensors) {
      worst = tensor == null ? worst : worst(worst, worst(tensor));
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
