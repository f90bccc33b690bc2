package io.github.vqvae4j.tensor.internal;

import io.github.vqvae4j.tensor.internal.OneDnn.Call;
import org.bytedeco.dnnl.memory;
import org.bytedeco.javacpp.Pointer;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Slices and concatenation along an axis, as copies of a matrix between layouts by oneDNN: a row is
 * what is contiguous in both arrays. Methods return false for arrays that are not of 4-byte
 * elements.
 */
final class OneDnnCopies {
  private OneDnnCopies() {}

  /** Copies the elements of x from an index of an axis on to y. */
  static boolean slice(INDArray x, int axis, long from, INDArray y) {
    if (!isSupported(y)) {
      return false;
    }
    long inner = inner(y, axis);
    copy(
        x.data().pointer().getPointer(from * inner),
        x.size(axis) * inner,
        y.data().pointer(),
        y.size(axis) * inner,
        y.size(axis) * inner,
        y.length());
    return true;
  }

  /** Copies arrays to y, one after another along an axis. */
  static boolean concat(INDArray[] xs, int axis, INDArray y) {
    if (!isSupported(y)) {
      return false;
    }
    long inner = inner(y, axis);
    long to = 0;
    for (INDArray x : xs) {
      long row = x.size(axis) * inner;
      copy(
          x.data().pointer(),
          row,
          y.data().pointer().getPointer(to),
          y.size(axis) * inner,
          row,
          x.length());
      to += row;
    }
    return true;
  }

  private static boolean isSupported(INDArray y) {
    return y.dataType().width() == Float.BYTES;
  }

  private static long inner(INDArray x, int axis) {
    long inner = 1;
    for (int i = axis + 1; i < x.rank(); i++) {
      inner *= x.size(i);
    }
    return inner;
  }

  /** Copies rows of 4-byte elements between arrays whose rows are a stride apart. */
  private static void copy(
      Pointer from, long fromStride, Pointer to, long toStride, long row, long length) {
    long rows = length / row;
    if (rows == 1 || fromStride == row && toStride == row) {
      Pointer.memcpy(to, from, length * Float.BYTES);
      return;
    }
    OneDnn.get()
        .cached(
            "copy",
            o -> o.reorder(layout(rows, row, fromStride), layout(rows, row, toStride), false),
            Call.class,
            rows,
            row,
            fromStride,
            toStride)
        .set(0, from)
        .set(1, to)
        .run();
  }

  /** A layout of integers, so that the bits of every float, NaN too, stay the same. */
  private static memory.desc layout(long rows, long row, long stride) {
    return new memory.desc(new long[] {rows, row}, memory.data_type.s32, new long[] {stride, 1});
  }
}
