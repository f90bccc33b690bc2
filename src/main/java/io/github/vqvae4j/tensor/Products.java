package io.github.vqvae4j.tensor;

import java.util.Arrays;
import org.nd4j.linalg.api.ndarray.INDArray;

/** Matrix products. */
final class Products {
  private Products() {}

  static Tensor matmul(Tensor a, boolean transposeA, Tensor b, boolean transposeB) {
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
    long[] shape = a.shape();
    shape[rank - 2] = a.size(transposeA ? -1 : -2);
    shape[rank - 1] = b.size(transposeB ? -2 : -1);
    INDArray as = a.array();
    INDArray bs = b.array();
    INDArray y = a.allocate(shape);
    a.kernels().matmul(as, transposeA, bs, transposeB, y);
    return a.step()
        .result(
            y,
            a.dtype(),
            result -> {
              INDArray dy = result.incoming();
              if (a.isTracked()) {
                INDArray da = a.allocate(a.dims());
                if (transposeA) {
                  a.kernels().matmul(bs, transposeB, dy, true, da);
                } else {
                  a.kernels().matmul(dy, false, bs, !transposeB, da);
                }
                a.give(da);
              }
              if (b.isTracked()) {
                INDArray db = b.allocate(b.dims());
                if (transposeB) {
                  b.kernels().matmul(dy, true, as, transposeA, db);
                } else {
                  b.kernels().matmul(as, !transposeA, dy, false, db);
                }
                b.give(db);
              }
            },
            a,
            b);
  }
}
