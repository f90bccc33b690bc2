package io.github.vqvae4j.tensor;

import io.github.vqvae4j.tensor.internal.NearestRows;
import io.github.vqvae4j.tensor.internal.RowKernels;
import java.util.Arrays;
import org.nd4j.linalg.api.ndarray.INDArray;

/** What vector quantization is made of: nearest rows, row lookup, straight-through. */
final class Rows {
  private Rows() {}

  static Tensor lookup(Tensor table, int... indices) {
    long rows = table.dims()[0];
    if (table.rank() != 2 || indices.length == 0) {
      throw new IllegalArgumentException(
          "rows: expected a table [rows, d] and at least one index, got shape "
              + Arrays.toString(table.dims())
              + " and "
              + indices.length
              + " indices.");
    }
    for (int i = 0; i < indices.length; i++) {
      if (indices[i] < 0 || indices[i] >= rows) {
        throw new IllegalArgumentException(
            "rows: expected indices from 0 to "
                + (rows - 1)
                + ", got "
                + indices[i]
                + " at position "
                + i
                + ".");
      }
    }
    checkSize(indices.length, table.dims()[1]);
    int[] rowOf = indices.clone();
    INDArray y = table.allocate(rowOf.length, table.dims()[1]);
    RowKernels.gather(table.array(), rowOf, y);
    return table
        .step()
        .result(
            y,
            table.precision(),
            result -> {
              INDArray gradient = table.allocate(table.dims());
              RowKernels.scatterAdd(result.incoming(), rowOf, gradient);
              table.give(gradient);
            },
            table);
  }

  /** Throws if so many rows are more numbers than an int counts. */
  static void checkSize(int rows, long d) {
    if (rows * d > Integer.MAX_VALUE) {
      throw new IllegalArgumentException(
          "rows: expected at most "
              + Integer.MAX_VALUE
              + " numbers in all, got "
              + rows
              + " indices of rows of "
              + d
              + "; look them up in parts.");
    }
  }

  static int[] nearest(Tensor x, Tensor codebook) {
    x.checkWith("nearestRows", codebook);
    if (x.rank() != 2 || codebook.rank() != 2 || x.dims()[1] != codebook.dims()[1]) {
      throw new IllegalArgumentException(
          "nearestRows: expected rows [n, d] and a codebook [k, d], got "
              + Arrays.toString(x.dims())
              + " and "
              + Arrays.toString(codebook.dims())
              + ".");
    }
    return NearestRows.search(
        x.kernels(), x.step().arena(), x.precision(), x.array(), codebook.array());
  }

  static Tensor straightThrough(Tensor x, Tensor forward) {
    x.checkWith("straightThrough", forward);
    Shape.checkEqual("straightThrough", x.dims(), forward.dims());
    x.array();
    return x.step()
        .result(
            forward.array(), x.precision(), result -> result.passGradient(x, result.incoming()), x)
        .sharing(forward);
  }
}
