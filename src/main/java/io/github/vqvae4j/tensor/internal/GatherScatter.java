package io.github.vqvae4j.tensor.internal;

import java.nio.FloatBuffer;
import java.nio.IntBuffer;
import java.util.Arrays;
import org.bytedeco.javacpp.FloatPointer;
import org.bytedeco.javacpp.IntPointer;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Gather and scatter-add by indices, as plain loops in a fixed order, so that results are
 * reproducible.
 */
public final class GatherScatter {
  /** Ranges shorter than this are read element by element, which avoids the overhead of a copy. */
  private static final int MIN_COPY_LENGTH = 16;

  private GatherScatter() {}

  /**
   * Throws an exception if an index is out of range.
   *
   * @param operation the operation's name, for the error message
   * @param indices the indices, ints
   * @param size the exclusive upper bound of the indices
   * @throws IllegalArgumentException with the value and position of the first invalid index
   */
  public static void checkIndices(String operation, INDArray indices, long size) {
    check(operation, HeapCopy.intsOf(indices), size);
  }

  private static void check(String operation, int[] indices, long size) {
    for (int i = 0; i < indices.length; i++) {
      if (indices[i] < 0 || indices[i] >= size) {
        throw new IllegalArgumentException(
            operation
                + ": expected indices from 0 to "
                + (size - 1)
                + ", got "
                + indices[i]
                + " at position "
                + i
                + ".");
      }
    }
  }

  /**
   * Computes y[.., i, ..] = x[.., indices[i], ..] along an axis.
   *
   * @param operation the operation's name, for error messages
   * @param x the source, of any data type
   * @param axis the axis
   * @param indices ints; their number is y's size along the axis
   * @param y the result, of x's data type
   * @throws IllegalArgumentException if an index is out of range
   */
  public static void gather(String operation, INDArray x, int axis, INDArray indices, INDArray y) {
    int[] rows = HeapCopy.intsOf(indices);
    check(operation, rows, x.size(axis));
    long size = x.size(axis);
    long d = sizeAfter(x, axis);
    long before = x.length() / size / d;
    Copier copier = copier(x, y, (int) Math.min(HeapSlices.LENGTH, d));
    for (long b = 0; b < before; b++) {
      for (int i = 0; i < rows.length; i++) {
        copy(copier, (b * size + rows[i]) * d, (b * rows.length + i) * d, d);
      }
    }
  }

  /**
   * Computes sums[.., k, ..] = the sum of x[.., i, ..] over all i with indices[i] = k along an
   * axis, which is the gradient of {@link #gather}. The sums are accumulated in double, in the
   * order of i, and rounded once, so that they stay accurate when an index occurs many times.
   *
   * @param x the addends, in float or double
   * @param axis the axis
   * @param indices valid indices along the axis of {@code sums}, ints; their number is x's size
   *     along the axis
   * @param sums the result, of x's data type
   */
  public static void scatterAdd(INDArray x, int axis, INDArray indices, INDArray sums) {
    int[] rows = HeapCopy.intsOf(indices);
    int size = Math.toIntExact(sums.size(axis));
    long d = sizeAfter(sums, axis);
    long before = sums.length() / size / d;
    int[] ends = new int[size];
    int[] order = sorted(rows, ends);
    HeapCopy.clear(sums);
    double[] sum = new double[(int) Math.min(HeapSlices.LENGTH, d)];
    Accumulator accumulator = accumulator(x, sum.length);
    Writer writer = writer(sums, sum.length);
    for (long b = 0; b < before; b++) {
      for (int k = 0, i = 0; k < size; i = ends[k++]) {
        for (long c = 0; i < ends[k] && c < d; c += sum.length) {
          int length = (int) Math.min(sum.length, d - c);
          Arrays.fill(sum, 0);
          for (int j = i; j < ends[k]; j++) {
            accumulator.add((b * rows.length + order[j]) * d + c, length, sum);
          }
          writer.write((b * size + k) * d + c, length, sum);
        }
      }
    }
  }

  /**
   * Returns the positions of all indices in a stable counting sort.
   *
   * @param ends receives the end of each index's range in the result
   */
  private static int[] sorted(int[] indices, int... ends) {
    for (int index : indices) {
      ends[index]++;
    }
    for (int k = 1; k < ends.length; k++) {
      ends[k] += ends[k - 1];
    }
    int[] order = new int[indices.length];
    int[] next = ends.clone();
    for (int i = indices.length - 1; i >= 0; i--) {
      order[--next[indices[i]]] = i;
    }
    return order;
  }

  /** Adds elements of an array, starting at an offset, to sums. */
  private interface Accumulator {
    void add(long from, int length, double... sums);
  }

  private static Accumulator accumulator(INDArray x, int sliceLength) {
    if (x.dataType() == DataType.FLOAT && fitsBuffer(x)) {
      FloatBuffer source = floats(x);
      float[] slice = new float[sliceLength];
      return (from, length, sums) -> {
        if (length < MIN_COPY_LENGTH) {
          for (int i = 0; i < length; i++) {
            sums[i] += source.get((int) from + i);
          }
          return;
        }
        source.get((int) from, slice, 0, length);
        for (int i = 0; i < length; i++) {
          sums[i] += slice[i];
        }
      };
    }
    double[] slice = new double[sliceLength];
    return (from, length, sums) -> {
      HeapCopy.read(x, from, slice, 0, length);
      for (int i = 0; i < length; i++) {
        sums[i] += slice[i];
      }
    };
  }

  /** Writes sums to an array, starting at an offset. */
  private interface Writer {
    void write(long to, int length, double... sums);
  }

  private static Writer writer(INDArray y, int sliceLength) {
    if (y.dataType() == DataType.FLOAT && fitsBuffer(y)) {
      FloatBuffer target = floats(y);
      float[] slice = new float[sliceLength];
      return (to, length, sums) -> {
        for (int i = 0; i < length; i++) {
          slice[i] = (float) sums[i];
        }
        target.put((int) to, slice, 0, length);
      };
    }
    return (to, length, sums) -> HeapCopy.write(sums, 0, length, y, to);
  }

  /** Copies elements of an array to another, starting at offsets. */
  private interface Copier {
    void copy(long from, long to, int length);
  }

  private static void copy(Copier copier, long from, long to, long length) {
    for (long i = 0; i < length; i += HeapSlices.LENGTH) {
      copier.copy(from + i, to + i, (int) Math.min(HeapSlices.LENGTH, length - i));
    }
  }

  private static Copier copier(INDArray x, INDArray y, int sliceLength) {
    if (y.dataType() != DataType.DOUBLE && fitsBuffer(x) && fitsBuffer(y)) {
      IntBuffer source = ints(x).asBuffer();
      IntBuffer target = ints(y).asBuffer();
      return (from, to, length) -> target.put((int) to, source, (int) from, length);
    }
    double[] slice = new double[sliceLength];
    return (from, to, length) -> {
      HeapCopy.read(x, from, slice, 0, length);
      HeapCopy.write(slice, 0, length, y, to);
    };
  }

  /** Returns whether a java.nio buffer, which is faster for short copies, can hold all elements. */
  private static boolean fitsBuffer(INDArray array) {
    return array.length() * Integer.BYTES <= Integer.MAX_VALUE;
  }

  private static long sizeAfter(INDArray x, int axis) {
    long size = 1;
    for (int i = axis + 1; i < x.rank(); i++) {
      size *= x.size(i);
    }
    return size;
  }

  /**
   * Computes y[i, j] = rows[i, columns[i, j]].
   *
   * @param operation the operation's name, for error messages
   * @param rows the source [n, d], of any data type
   * @param columns the column indices [n, k] or [n], ints
   * @param y the result, of the shape of {@code columns} and the data type of {@code rows}
   * @throws IllegalArgumentException if an index is out of range
   */
  public static void gatherColumns(String operation, INDArray rows, INDArray columns, INDArray y) {
    int[] columnIndices = HeapCopy.intsOf(columns);
    check(operation, columnIndices, rows.size(1));
    long d = rows.size(1);
    int k = columnsPerRow(rows, columns);
    ElementIndexer source = new ElementIndexer(rows);
    ElementIndexer target = new ElementIndexer(y);
    for (int i = 0; i < columnIndices.length; i++) {
      target.set(i, source.get(i / k * d + columnIndices[i]));
    }
  }

  /**
   * Computes rows[i, c] = the sum of y[i, j] over all j with columns[i, j] = c, and 0 elsewhere,
   * which is the gradient of {@link #gatherColumns}. The sums are accumulated in double and rounded
   * once, as in {@link #scatterAdd}.
   *
   * @param y the addends [n, k] or [n], of any data type
   * @param columns valid column indices of y's shape, ints
   * @param rows the result [n, d], of y's data type
   */
  public static void scatterAddColumns(INDArray y, INDArray columns, INDArray rows) {
    int[] columnIndices = HeapCopy.intsOf(columns);
    HeapCopy.clear(rows);
    long d = rows.size(1);
    int k = columnsPerRow(rows, columns);
    ElementIndexer source = new ElementIndexer(y);
    ElementIndexer target = new ElementIndexer(rows);
    if (k == 1) {
      for (int i = 0; i < columnIndices.length; i++) {
        target.set(i * d + columnIndices[i], source.get(i));
      }
      return;
    }
    // Only the sums at the row's indices are used, and reset to 0 for the next row.
    double[] sums = new double[1 + Arrays.stream(columnIndices).max().orElse(0)];
    for (int from = 0; from < columnIndices.length; from += k) {
      long row = from / k * d;
      for (int i = from; i < from + k; i++) {
        sums[columnIndices[i]] += source.get(i);
      }
      for (int i = from; i < from + k; i++) {
        target.set(row + columnIndices[i], sums[columnIndices[i]]);
      }
      for (int i = from; i < from + k; i++) {
        sums[columnIndices[i]] = 0;
      }
    }
  }

  private static int columnsPerRow(INDArray rows, INDArray columns) {
    return Math.toIntExact(columns.length() / rows.size(0));
  }

  /** Returns the bits of 4-byte elements. */
  private static IntPointer ints(INDArray array) {
    return new IntPointer(array.data().pointer());
  }

  private static FloatBuffer floats(INDArray array) {
    return ((FloatPointer) array.data().pointer()).asBuffer();
  }
}
