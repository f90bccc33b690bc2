package io.github.vqvae4j.tensor.internal;

import java.util.Arrays;
import org.bytedeco.javacpp.IntPointer;
import org.bytedeco.javacpp.indexer.IntIndexer;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Reads slices of an array as if it were broadcast to a larger shape. The trailing axes that are
 * either all repeated or all not repeated form a run, so an array of the full shape is read by one
 * copy and a scalar by one fill.
 */
final class BroadcastReader {
  /** Runs shorter than this are read element by element, which avoids the overhead of a copy. */
  private static final int MIN_COPY_LENGTH = 16;

  private final INDArray x;
  private final long[] shape;

  /** The strides of x in elements; 0 along repeated axes. */
  private final long[] strides;

  /** The number of axes before those of a run. */
  private final int outer;

  private final boolean repeated;
  private final long runLength;
  private final ElementIndexer elements;

  /** The bits of 4-byte elements; null for other types. */
  private final IntIndexer bits;

  /** Reads elements of x starting at an offset, or repeats the element at the offset. */
  private interface Run {
    void read(long offset, int start, int length);
  }

  /**
   * Creates a reader for an array of any data type.
   *
   * @param x the array; its size along each axis is that of {@code shape} or 1
   * @param shape the broadcast shape, of the rank of x
   */
  BroadcastReader(INDArray x, long... shape) {
    this.x = x;
    this.shape = shape;
    int rank = shape.length;
    strides = new long[rank];
    long stride = 1;
    for (int i = rank - 1; i >= 0; i--) {
      strides[i] = x.size(i) == 1 ? 0 : stride;
      stride *= x.size(i);
    }
    int dense = rank;
    while (dense > 0 && x.size(dense - 1) == shape[dense - 1]) {
      dense--;
    }
    int constant = rank;
    while (constant > 0 && x.size(constant - 1) == 1) {
      constant--;
    }
    // Both conditions hold for axes of size 1.
    repeated = constant < dense;
    outer = Math.min(constant, dense);
    long length = 1;
    for (int i = outer; i < rank; i++) {
      length *= shape[i];
    }
    runLength = length;
    elements = new ElementIndexer(x);
    bits = x.dataType().width() == 4 ? IntIndexer.create(new IntPointer(x.data().pointer())) : null;
  }

  /** Reads a slice of a float array; {@code from} is an index into the broadcast array. */
  void read(long from, float[] target, int length) {
    forEachRun(
        from,
        length,
        (offset, start, n) -> {
          if (repeated) {
            Arrays.fill(target, start, start + n, (float) elements.get(offset));
          } else if (n < MIN_COPY_LENGTH) {
            for (int i = 0; i < n; i++) {
              target[start + i] = (float) elements.get(offset + i);
            }
          } else {
            HeapCopy.read(x, offset, target, start, n);
          }
        });
  }

  /** Reads a slice of an int array, or the bits of a slice of a float array. */
  void read(long from, int[] target, int length) {
    forEachRun(
        from,
        length,
        (offset, start, n) -> {
          if (repeated) {
            Arrays.fill(target, start, start + n, bits.get(offset));
          } else if (n < MIN_COPY_LENGTH) {
            for (int i = 0; i < n; i++) {
              target[start + i] = bits.get(offset + i);
            }
          } else {
            HeapCopy.read(x, offset, target, start, n);
          }
        });
  }

  /** Reads a slice of an array of any type, as doubles. */
  void read(long from, double[] target, int length) {
    forEachRun(
        from,
        length,
        (offset, start, n) -> {
          if (repeated) {
            Arrays.fill(target, start, start + n, elements.get(offset));
          } else if (n < MIN_COPY_LENGTH) {
            for (int i = 0; i < n; i++) {
              target[start + i] = elements.get(offset + i);
            }
          } else {
            HeapCopy.read(x, offset, target, start, n);
          }
        });
  }

  private void forEachRun(long from, int length, Run run) {
    int start = 0;
    while (start < length) {
      long index = (from + start) / runLength;
      long within = (from + start) % runLength;
      int n = (int) Math.min(length - start, runLength - within);
      run.read(offset(index) + (repeated ? 0 : within), start, n);
      start += n;
    }
  }

  /** Returns the offset in x of a run. */
  private long offset(long run) {
    long offset = 0;
    long remainder = run;
    for (int i = outer - 1; i >= 0; i--) {
      offset += remainder % shape[i] * strides[i];
      remainder /= shape[i];
    }
    return offset;
  }
}
