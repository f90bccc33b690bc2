package io.github.vqvae4j.tensor;

import java.util.List;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * What an operation gives.
 *
 * @param array the result
 * @param dtype its number format
 * @param sharing the tensor in whose memory it lies; null if in its own
 * @param backward the gradients of the inputs from the result's; null if none goes through it
 * @param further more results, through which no gradient goes
 */
record Value(
    INDArray array, DType dtype, Tensor sharing, Backward backward, List<Constant> further) {

  /** A result through which no gradient goes. */
  record Constant(INDArray array, DType dtype) {}

  static Value of(INDArray array, DType dtype, Backward backward) {
    return new Value(array, dtype, null, backward, List.of());
  }

  /** A result in another tensor's memory, and format. */
  static Value sharing(Tensor owner, INDArray array, Backward backward) {
    return new Value(array, owner.dtype(), owner, backward, List.of());
  }

  /** With more results. */
  Value with(Constant... more) {
    return new Value(array, dtype, sharing, backward, List.of(more));
  }
}
