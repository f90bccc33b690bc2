package io.github.vqvae4j.tensor;

import java.util.List;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * The results of an operation, and the function that computes its gradients.
 *
 * @param array the first result
 * @param dtype the data type of the first result
 * @param storageOwner the tensor whose memory the first result shares; null if it has its own
 * @param backward computes the gradients of the inputs; null if the result is a constant
 * @param additional further results, which are constants
 */
record ForwardResult(
    INDArray array,
    DType dtype,
    Tensor storageOwner,
    BackwardFunction backward,
    List<Constant> additional) {

  /** A result without a gradient. */
  record Constant(INDArray array, DType dtype) {}

  static ForwardResult of(INDArray array, DType dtype, BackwardFunction backward) {
    return new ForwardResult(array, dtype, null, backward, List.of());
  }

  /** Creates a result that shares the memory and the data type of another tensor. */
  static ForwardResult view(Tensor owner, INDArray array, BackwardFunction backward) {
    return new ForwardResult(array, owner.dtype(), owner, backward, List.of());
  }

  /** Returns a copy with further results. */
  ForwardResult with(Constant... more) {
    return new ForwardResult(array, dtype, storageOwner, backward, List.of(more));
  }
}
