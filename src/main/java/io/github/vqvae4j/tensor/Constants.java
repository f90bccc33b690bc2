package io.github.vqvae4j.tensor;

import org.nd4j.linalg.api.ndarray.INDArray;

/** Creation of constants like another tensor, and checks of INT operands. */
final class Constants {
  private Constants() {}

  /** Creates a scalar of the step and data type of another tensor. */
  static Tensor scalar(String operation, Tensor like, double value) {
    return full(operation, like, value, 1);
  }

  /** Creates a tensor filled with a value, of the step and data type of another tensor. */
  static Tensor full(String operation, Tensor like, double value, long... shape) {
    if (like.dtype() == DType.INT && value != (int) value) {
      throw new IllegalArgumentException(
          operation + ": expected an int for an INT tensor, got " + value + ".");
    }
    INDArray array = like.allocate(shape);
    array.assign(value);
    return like.step().own(array, like.dtype());
  }

  /** Throws unless a tensor is an INT tensor of the same step as another one. */
  static void checkInt(String operation, String what, Tensor tensor, Tensor other) {
    if (tensor.dtype() != DType.INT || tensor.step() != other.step()) {
      throw new IllegalArgumentException(
          operation
              + ": expected an INT "
              + what
              + " of the same step, got "
              + tensor.dtype()
              + (tensor.step() == other.step() ? "." : " of another step."));
    }
  }
}
