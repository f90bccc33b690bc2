package io.github.vqvae4j.tensor;

import io.github.vqvae4j.tensor.internal.HeapCopy;
import java.util.Arrays;
import org.nd4j.linalg.api.ndarray.INDArray;

/** Conversion to another data type. */
record Cast(DType dtype) implements OperationKind.AnyDType {
  @Override
  public String name() {
    return "to";
  }

  @Override
  public ForwardResult forward(Tensor... inputs) {
    Tensor x = inputs[0];
    if (dtype == DType.INT) {
      checkIntRange(x);
    }
    INDArray y = x.step().arena().allocate(dtype, x.dims());
    HeapCopy.convert(x.array(), y);
    if (dtype == DType.INT || x.dtype() == DType.INT) {
      return ForwardResult.of(y, dtype, null);
    }
    return ForwardResult.of(
        y,
        dtype,
        (dy, back) -> {
          INDArray dx = x.allocate(x.dims());
          HeapCopy.convert(dy.array(), dx);
          back.add(x, dx);
        });
  }

  private static void checkIntRange(Tensor x) {
    double[] values = x.dtype() == DType.INT ? new double[0] : x.toDoubles();
    for (int i = 0; i < values.length; i++) {
      if (!(values[i] > Integer.MIN_VALUE - 1.0 && values[i] < Integer.MAX_VALUE + 1.0)) {
        throw new IllegalArgumentException(
            "to: expected values in the range of int, got "
                + values[i]
                + " at position "
                + i
                + " of shape "
                + Arrays.toString(x.dims())
                + ".");
      }
    }
  }
}
