package io.github.vqvae4j.tensor;

import io.github.vqvae4j.tensor.internal.Arena;
import io.github.vqvae4j.tensor.internal.DistinctRows;
import io.github.vqvae4j.tensor.internal.NearestRows;
import java.util.Arrays;
import org.nd4j.linalg.api.ndarray.INDArray;

/** The indices [n], in INT, of the nearest row of a codebook [k, d] for each row [n, d]. */
record NearestRowSearch() implements OperationKind {
  @Override
  public String name() {
    return "nearestRows";
  }

  @Override
  public ForwardResult forward(Tensor... inputs) {
    Tensor x = inputs[0];
    Tensor codebook = inputs[1];
    x.checkWith(name(), codebook);
    if (x.rank() != 2 || codebook.rank() != 2 || x.dims()[1] != codebook.dims()[1]) {
      throw new IllegalArgumentException(
          "nearestRows: expected rows [n, d] and a codebook [k, d], got "
              + Arrays.toString(x.dims())
              + " and "
              + Arrays.toString(codebook.dims())
              + ".");
    }
    Arena arena = x.step().arena();
    INDArray y = arena.allocate(DType.INT, x.size(0));
    NearestRows.search(
        x.kernels(), arena, x.array(), codebook.array(), () -> distinctRows(codebook), y);
    return ForwardResult.of(y, DType.INT, null);
  }

  /** Cached in inference, where the codebook rarely changes between searches. */
  private static DistinctRows distinctRows(Tensor codebook) {
    return codebook.isVariable() && !codebook.step().isTraining()
        ? codebook.storage().cached(DistinctRows.class, () -> DistinctRows.of(codebook.array()))
        : DistinctRows.of(codebook.array());
  }
}
