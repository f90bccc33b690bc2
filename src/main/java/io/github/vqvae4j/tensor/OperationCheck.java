package io.github.vqvae4j.tensor;

import java.util.Arrays;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * Finds the operation that produced a NaN or an infinity: the first operation with a result or
 * gradient that is worse than all its operands. An infinite mask is therefore not an error, but a
 * NaN computed from it is.
 */
final class OperationCheck {
  private static final String REMEDY =
      ". A smaller learning rate, normalized inputs, or an epsilon in a quotient, root or logarithm"
          + " may help";

  /** The severity of a value. */
  private enum Severity {
    FINITE,
    INFINITE,
    NAN
  }

  private OperationCheck() {}

  static void ofResults(Operation operation) {
    Severity operands = maxSeverity(operation.inputs());
    if (operands == Severity.NAN) {
      checkWithNan(operation);
      return;
    }
    for (Tensor result : operation.results()) {
      checkNotWorse(operation.toString(), "the result of shape " + shape(result), operands, result);
    }
  }

  /**
   * Throws if an operand is NaN, even if the results hide it, unless the operation only reshapes
   * the operand, or discards its NaN elements by design.
   */
  private static void checkWithNan(Operation operation) {
    for (Tensor input : operation.inputs()) {
      if (input != null && hasNan(input) && !ignores(operation, input)) {
        throw new NonFiniteException(
            operation.toString(), describeInput(operation, input), Double.NaN, remedy(input));
      }
    }
  }

  private static boolean ignores(Operation operation, Tensor input) {
    return operation.results().get(0).storageOwner() == input.storageOwner()
        || operation.kind().discardedNan(operation);
  }

  /** Results of checked operations are never NaN, so the operand has another origin. */
  private static String remedy(Tensor input) {
    return input.storage() != null
        ? "it is the variable "
            + input.storage().name()
            + ", which was NaN before the operation: check the loaded file, or the last update"
        : "it was not computed by a checked operation, so it is a constant, or older than"
            + " Step.checkEachOperation: check the data";
  }

  static void ofGradient(
      Operation operation, GradientArray dy, Tensor input, GradientArray gradient) {
    Step step = input.step();
    Severity operands = max(maxSeverity(operation.inputs()), severity(constant(step, dy)));
    String what = "the gradient of " + describeInput(operation, input);
    checkNotWorse(operation.toString(), what, operands, constant(step, gradient));
  }

  /** Adds two gradients of one tensor, and checks the sum. */
  static GradientArray ofSum(
      Step step, Operation operation, GradientArray first, GradientArray second) {
    Severity operands = max(severity(constant(step, first)), severity(constant(step, second)));
    GradientArray sum = first.plus(second, step.kernels(first.dtype()));
    String source = operation == null ? "backward" : operation.toString();
    checkNotWorse(source, "the sum of gradients of an operand", operands, constant(step, sum));
    return sum;
  }

  private static Tensor constant(Step step, GradientArray gradient) {
    return step.constant(gradient.array(), gradient.dtype());
  }

  private static String describeInput(Operation operation, Tensor input) {
    String positions =
        IntStream.range(0, operation.inputs().size())
            .filter(i -> operation.inputs().get(i) == input)
            .mapToObj(i -> "input " + i)
            .collect(Collectors.joining(" or "));
    return positions + " of shape " + shape(input);
  }

  private static String shape(Tensor tensor) {
    return Arrays.toString(tensor.dims());
  }

  private static void checkNotWorse(String source, String what, Severity operands, Tensor tensor) {
    Severity severity = severity(tensor);
    if (severity.compareTo(operands) > 0) {
      double value =
          severity == Severity.NAN ? Double.NaN : tensor.toDoubles()[(int) NonFinite.index(tensor)];
      String origin =
          operands == Severity.FINITE ? "all operands are finite" : "none of the operands is NaN";
      throw new NonFiniteException(source, what, value, origin + REMEDY);
    }
  }

  static boolean hasNan(Tensor tensor) {
    return severity(tensor) == Severity.NAN;
  }

  private static Severity max(Severity first, Severity second) {
    return first.compareTo(second) > 0 ? first : second;
  }

  private static Severity maxSeverity(Iterable<Tensor> tensors) {
    Severity max = Severity.FINITE;
    for (Tensor tensor : tensors) {
      max = tensor == null ? max : max(max, severity(tensor));
    }
    return max;
  }

  private static Severity severity(Tensor tensor) {
    if (tensor.dtype() == DType.INT || NonFinite.index(tensor) < 0) {
      return Severity.FINITE;
    }
    for (double value : tensor.toDoubles()) {
      if (Double.isNaN(value)) {
        return Severity.NAN;
      }
    }
    return Severity.INFINITE;
  }
}
