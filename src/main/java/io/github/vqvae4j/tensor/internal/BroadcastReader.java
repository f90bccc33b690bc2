package io.github.vqvae4j.tensor.internal;

import java.util.Arrays;
import org.bytedeco.javacpp.IntPointer;
import org.bytedeco.javacpp.indexer.IntIndexer;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Reads slices of an array as if it had been broadcast to a larger shape. The last axes that are
 * all repeated, or all not, are one run, so that an array of that shape is one copy and a single
 * number one fill.
 */
final class BroadcastReader {
  /** Shorter runs are read one element after another: a copy has an overhead. */
  private static final int SHORT = 16;

  private final INDArray x;
  private final long[] shape;

  /** Elements of x from one index of an axis to the next; 0 where it is repeated. */
  private final long[] strides;

  /** How many axes are before those of a run. */
  private final int outer;

  private final boolean repeated;
  private final long runLength;
  private final Elements elements;

  /** Elements of 4 bytes, whatever they are. */
  private final IntIndexer bits;

  /** Takes elements of x from an offset on, or the one there repeatedly. */
  private interface Run {
    void read(long offset, int start, int length);
  }

  /**
   * Of an array in any number format.
   *
   * @param shape of x's rank; x has its size or 1 along each axis
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
    // Of an axis of size 1 both are true.
    repeated = constant < dense;
    outer = Math.min(constant, dense);
    long length = 1;
    for (int i = outer; i < rank; i++) {
      length *= shape[i];
    }
    runLength = length;
    elements = new Elements(x);
    bits = x.dataType().width() == 4 ? IntIndexer.create(new IntPointer(x.data().pointer())) : null;
  }

  /** Reads a slice of a float array; {@code from} counts elements of the larger shape. */
  void read(long from, float[] target, int length) {
    forEachRun(
        from,
        length,
        (offset, start, n) -> {
          if (repeated) {
            Arrays.fill(target, start, start + n, (float) elements.get(offset));
          } else if (n < SHORT) {
            for (int i = 0; i < n; i++) {
              target[start + i] = (float) elements.get(offset + i);
            }
          } else {
            HeapCopy.read(x, offset, target, start, n);
          }
        });
  }

  /** Reads a slice of an int array, or the bits of a float array's. */
  void read(long from, int[] target, int length) {
    forEachRun(
        from,
        length,
        (offset, start, n) -> {
          if (repeated) {
            Arrays.fill(target, start, start + n, bits.get(offset));
          } else if (n < SHORT) {
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
          } else if (n < SHORT) {
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

  /** Where in x a run begins. */
  private long offset(long run) {
    long offset = 0;
    long rest = run;
    for (int i = outer - 1; i >= 0; i--) {
      offset += rest % shape[i] * strides[i];
      rest /= shape[i];
    }
    return offset;
  }
}
