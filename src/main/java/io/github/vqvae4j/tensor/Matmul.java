package io.github.vqvae4j.tensor;

import java.util.Arrays;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Matrix products a b, one for each index of the leading axes.
 *
 * @param transposeA whether a is [.., k, m], not [.., m, k]
 * @param transposeB whether b is [.., n, k], not [.., k, n]
 */
record Matmul(boolean transposeA, boolean transposeB) implements Kind {
  @Override
  public String name() {
    return "matmul";
  }

  @Override
  public Value of(Tensor... inputs) {
    Tensor a = inputs[0];
    Tensor b = inputs[1];
    check(a, b);
    long[] shape = a.shape();
    shape[shape.length - 2] = a.size(transposeA ? -1 : -2);
    shape[shape.length - 1] = b.size(transposeB ? -2 : -1);
    INDArray as = a.array();
    INDArray bs = b.array();
    INDArray y = a.allocate(shape);
    a.kernels().matmul(as, transposeA, bs, transposeB, y);
    return Value.of(
        y,
        a.dtype(),
        (dy, back) -> {
          if (back.wants(a)) {
            INDArray da = a.allocate(a.dims());
            if (transposeA) {
              a.kernels().matmul(bs, transposeB, dy.array(), true, da);
            } else {
              a.kernels().matmul(dy.array(), false, bs, !transposeB, da);
            }
            back.give(a, da);
          }
          if (back.wants(b)) {
            INDArray db = b.allocate(b.dims());
            if (transposeB) {
              b.kernels().matmul(dy.array(), true, as, transposeA, db);
            } else {
              b.kernels().matmul(as, !transposeA, dy.array(), false, db);
            }
            back.give(b, db);
          }
        });
  }

  private void check(Tensor a, Tensor b) {
    a.checkWith("matmul", b);
    int rank = a.rank();
    boolean fits =
        rank >= 2
            && b.rank() == rank
            && Arrays.equals(a.dims(), 0, rank - 2, b.dims(), 0, rank - 2)
            && a.size(transposeA ? -2 : -1) == b.size(transposeB ? -1 : -2);
    if (!fits) {
      throw new IllegalArgumentException(
          "matmul: expected shapes "
              + (transposeA ? "[.., k, m]" : "[.., m, k]")
              + " and "
              + (transposeB ? "[.., n, k]" : "[.., k, n]")
              + " with equal leading axes, got "
              + Arrays.toString(a.dims())
              + " and "
              + Arrays.toString(b.dims())
              + ".");
    }
  }
}
