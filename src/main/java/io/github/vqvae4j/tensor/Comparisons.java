package io.github.vqvae4j.tensor;

import io.github.vqvae4j.tensor.internal.Kernels.Comparison;
import org.nd4j.linalg.api.ndarray.INDArray;

/** Element-wise comparisons of tensors, and of tensors with scalars. */
final class Comparisons {
  private Comparisons() {}

  /** An element-wise comparison: 1 where it holds, else 0, in INT. */
  record Compare(Comparison comparison) implements OperationKind.AnyDType {
    @Override
    public String name() {
      return switch (comparison) {
        case LESS -> "lt";
        case LESS_EQUAL -> "le";
        case GREATER -> "gt";
        case GREATER_EQUAL -> "ge";
        case EQUAL -> "eq";
        case NOT_EQUAL -> "ne";
      };
    }

    @Override
    public ForwardResult forward(Tensor... inputs) {
      Tensor a = inputs[0];
      Tensor b = inputs[1];
      a.checkWith(name(), b);
      long[] shape = Shape.broadcast(name(), a.dims(), b.dims());
      INDArray y = a.step().arena().allocate(DType.INT, shape);
      INDArray as = a.view(a.array(), Shape.padded(a.dims(), shape.length));
      INDArray bs = b.view(b.array(), Shape.padded(b.dims(), shape.length));
      a.kernels().compare(comparison, as, bs, y);
      return ForwardResult.of(y, DType.INT, null);
    }
  }

  static Tensor compare(Comparison comparison, Tensor x, double scalar) {
    if (x.dtype() == DType.INT && scalar != (int) scalar) {
      Tensor doubles = x.to(DType.DOUBLE);
      return compare(comparison, doubles, scalar).release(doubles);
    }
    return x.step().apply(new Compare(comparison), x, Constants.scalar("compare", x, scalar));
  }
}
