package io.github.vqvae4j.tensor;

import io.github.vqvae4j.tensor.internal.Arena;
import io.github.vqvae4j.tensor.internal.HeapCopy;
import io.github.vqvae4j.tensor.internal.NearestRows;
import io.github.vqvae4j.tensor.internal.RowKernels;
import java.util.Arrays;
import org.nd4j.linalg.api.ndarray.INDArray;

/** What vector quantization is made of: nearest rows, row lookup, straight-through. */
final class Rows {
  private Rows() {}

  /** Rows of a table [rows, d]: [n, d]. */
  record Lookup(int... indices) implements Kind {
    @Override
    public String name() {
      return "rows";
    }

    @Override
    public Value of(Tensor... inputs) {
      Tensor table = inputs[0];
      check(table, indices);
      INDArray y = table.allocate(indices.length, table.dims()[1]);
      RowKernels.gather(table.array(), indices, y);
      return Value.of(
          y,
          table.dtype(),
          (dy, back) -> {
            INDArray gradient = table.allocate(table.dims());
            RowKernels.scatterAdd(dy.array(), indices, gradient);
            back.give(table, gradient);
          });
    }
  }

  private static void check(Tensor table, int... indices) {
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
    checkSize(table.length());
    checkSize(Math.multiplyExact(indices.length, table.dims()[1]));
  }

  /** Offsets of rows are ints. */
  static void checkSize(long elements) {
    if (elements > Integer.MAX_VALUE) {
      throw new IllegalArgumentException(
          "rows: expected a table and a result of less than 2^31 elements each, got "
              + elements
              + " elements. Look up fewer rows at a time.");
    }
  }

  /** The nearest row of a codebook [k, d] for each row [n, d]: [n], in INT. */
  record Nearest() implements Kind {
    @Override
    public String name() {
      return "nearestRows";
    }

    @Override
    public Value of(Tensor... inputs) {
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
      int[] found = NearestRows.search(x.kernels(), arena, x.dtype(), x.array(), codebook.array());
      INDArray y = arena.allocate(DType.INT, found.length);
      HeapCopy.write(found, 0, found.length, y, 0);
      return Value.of(y, DType.INT, null);
    }
  }
}
