package io.github.vqvae4j.tensor;

import java.util.Arrays;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * A batched matrix product a b of tensors with equal leading axes.
 *
 * @param transposeA whether a is [.., k, m] instead of [.., m, k]
 * @param transposeB whether b is [.., n, k] instead of [.., k, n]
 */
record Matmul(boolean transposeA, boolean transposeB) implements OperationKind {
  @Override
  public String name() {
    return "matmul";
  }

  @Override
  public ForwardResult forward(Tensor... inputs) {
    Tensor a = inputs[0];
    Tensor b = inputs[1];
    long[] shape = a.shape();
    shape[shape.length - 2] = a.size(transposeA ? -1 : -2);
    shape[shape.length - 1] = b.size(transposeB ? -2 : -1);
    INDArray as = a.array();
    INDArray bs = b.array();
    INDArray y = a.allocate(shape);
    a.kernels().matmul(as, transposeA, bs, transposeB, y);
    return ForwardResult.of(
        y,
        a.dtype(),
        (dy, back) -> {
          if (back.requires(a)) {
            INDArray da = a.allocate(a.dims());
            if (transposeA) {
              a.kernels().matmul(bs, transposeB, dy.array(), true, da);
            } else {
              a.kernels().matmul(dy.array(), false, bs, !transposeB, da);
            }
            back.add(a, da);
          }
          if (back.requires(b)) {
            INDArray db = b.allocate(b.dims());
            if (transposeB) {
              b.kernels().matmul(dy.array(), true, as, transposeA, db);
            } else {
              b.kernels().matmul(as, !transposeA, dy.array(), false, db);
            }
            back.add(b, db);
          }
        });
  }

  /** Computes the matrix product with broadcasting of the leading axes. */
  static Tensor broadcast(Tensor a, boolean transposeA, Tensor b, boolean transposeB) {
    Matmul kind = new Matmul(transposeA, transposeB);
    kind.check(a, b);
    long[] leading = Shape.broadcast("matmul", leadingAxes(a), leadingAxes(b));
    return a.step().apply(kind, expanded(a, leading), expanded(b, leading));
  }

  /** Returns the sizes of the leading axes. */
  private static long[] leadingAxes(Tensor x) {
    return Arrays.copyOf(x.dims(), x.rank() - 2);
  }

  private static Tensor expanded(Tensor x, long[] leading) {
    long[] shape = Arrays.copyOf(leading, leading.length + 2);
    shape[leading.length] = x.size(-2);
    shape[leading.length + 1] = x.size(-1);
    return Arrays.equals(shape, x.dims()) ? x : x.expand(shape);
  }

  private void check(Tensor a, Tensor b) {
    Step.checkNoIntegers("matmul", a, b);
    a.checkWith("matmul", b);
    boolean fits =
        a.rank() >= 2
            && b.rank() >= 2
            && Shape.broadcasts(leadingAxes(a), leadingAxes(b))
            && a.size(transposeA ? -2 : -1) == b.size(transposeB ? -1 : -2);
    if (!fits) {
      throw new IllegalArgumentException(
          "matmul: expected shapes "
              + (transposeA ? "[.., k, m]" : "[.., m, k]")
              + " and "
              + (transposeB ? "[.., n, k]" : "[.., k, n]")
              + " with leading axes that broadcast, got "
              + Arrays.toString(a.dims())
              + " and "
              + Arrays.toString(b.dims())
              + ".");
    }
  }
}
