package io.github.vqvae4j.tensor;

import java.util.Arrays;
import org.nd4j.linalg.api.ndarray.INDArray;

/** Matrix products. */
final class Products {
  private Products() {}

  static Tensor matmul(Tensor a, Tensor b) {
    a.checkWith("matmul", b);
    if (a.rank() != 2 || b.rank() != 2 || a.size(1) != b.size(0)) {
      throw new IllegalArgumentException(
          "matmul: expected shapes [m, k] and [k, n], got "
              + Arrays.toString(a.dims())
              + " and "
              + Arrays.toString(b.dims())
              + ".");
    }
    INDArray as = a.array();
    INDArray bs = b.array();
    INDArray y = a.allocate(a.size(0), b.size(1));
    a.kernels().matmul(as, false, bs, false, y);
    return a.step()
        .result(
            y,
            a.precision(),
            result -> {
              if (a.isTracked()) {
                INDArray da = a.allocate(a.dims());
                a.kernels().matmul(result.incoming(), false, bs, true, da);
                a.give(da);
              }
              if (b.isTracked()) {
                INDArray db = b.allocate(b.dims());
                b.kernels().matmul(as, true, result.incoming(), false, db);
                b.give(db);
              }
            },
            a,
            b);
  }
}
