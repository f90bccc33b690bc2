package io.github.vqvae4j.tensor.internal;

import java.nio.FloatBuffer;
import java.nio.IntBuffer;
import java.util.Arrays;
import org.bytedeco.javacpp.FloatPointer;
import org.bytedeco.javacpp.IntPointer;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Looks elements up by indices, and adds up what has equal ones, as plain loops: one element after
 * another, in the same order each time.
 */
public final class RowKernels {
  /** Fewer elements are read one after another: a copy has an overhead. */
  private static final int SHORT = 16;

  private RowKernels() {}

  /**
   * Throws unless all indices are from 0 to below a size.
   *
   * @param operation as the message calls it
   * @param indices ints
   * @throws IllegalArgumentException with value and position of the first that is not
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
   * y[.., i, ..] = x[.., indices[i], ..] along an axis.
   *
   * @param operation as an error calls it
   * @param x in any number format, as y
   * @param indices ints, as many as y's size along the axis
   * @throws IllegalArgumentException if x does not have an index
   */
  public static void gather(String operation, INDArray x, int axis, INDArray indices, INDArray y) {
    int[] rows = HeapCopy.intsOf(indices);
    check(operation, rows, x.size(axis));
    long size = x.size(axis);
    long d = sizeAfter(x, axis);
    long before = x.length() / size / d;
    Move copy = copy(x, y, (int) Math.min(HeapSlices.LENGTH, d));
    for (long b = 0; b < before; b++) {
      for (int i = 0; i < rows.length; i++) {
        move(copy, (b * size + rows[i]) * d, (b * rows.length + i) * d, d);
      }
    }
  }

  /**
   * sums[.., k, ..] = the sum of x[.., i, ..] over all i with indices[i] = k, along an axis: the
   * gradient of {@link #gather}. The sums are taken in double, from the first i to the last, and
   * rounded once, so that they do not lose what many indices of one kind add to them.
   *
   * @param x in float or double, as sums
   * @param indices ints within sums' size along the axis, as many as x's
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
    Addition addition = addition(x, sum.length);
    Rounding rounding = rounding(sums, sum.length);
    for (long b = 0; b < before; b++) {
      for (int k = 0, i = 0; k < size; i = ends[k++]) {
        for (long c = 0; i < ends[k] && c < d; c += sum.length) {
          int length = (int) Math.min(sum.length, d - c);
          Arrays.fill(sum, 0);
          for (int j = i; j < ends[k]; j++) {
            addition.add((b * rows.length + order[j]) * d + c, length, sum);
          }
          rounding.put((b * size + k) * d + c, length, sum);
        }
      }
    }
  }

  /**
   * The places of all indices, those of the smallest index first, and of equal ones in order.
   *
   * @param ends of each index, gets the end of its part of the result
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

  /** Adds some elements of an array, from one on, to sums. */
  private interface Addition {
    void add(long from, int length, double... sums);
  }

  private static Addition addition(INDArray x, int most) {
    if (x.dataType() == DataType.FLOAT && fitsBuffer(x)) {
      FloatBuffer source = floats(x);
      float[] slice = new float[most];
      return (from, length, sums) -> {
        if (length < SHORT) {
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
    double[] slice = new double[most];
    return (from, length, sums) -> {
      HeapCopy.read(x, from, slice, 0, length);
      for (int i = 0; i < length; i++) {
        sums[i] += slice[i];
      }
    };
  }

  /** Puts sums into an array, from an element on. */
  private interface Rounding {
    void put(long to, int length, double... sums);
  }

  private static Rounding rounding(INDArray y, int most) {
    if (y.dataType() == DataType.FLOAT && fitsBuffer(y)) {
      FloatBuffer target = floats(y);
      float[] slice = new float[most];
      return (to, length, sums) -> {
        for (int i = 0; i < length; i++) {
          slice[i] = (float) sums[i];
        }
        target.put((int) to, slice, 0, length);
      };
    }
    return (to, length, sums) -> HeapCopy.write(sums, 0, length, y, to);
  }

  /** Puts some elements of an array, from one on, into another. */
  private interface Move {
    void run(long from, long to, int length);
  }

  private static void move(Move some, long from, long to, long length) {
    for (long i = 0; i < length; i += HeapSlices.LENGTH) {
      some.run(from + i, to + i, (int) Math.min(HeapSlices.LENGTH, length - i));
    }
  }

  private static Move copy(INDArray x, INDArray y, int most) {
    if (y.dataType() != DataType.DOUBLE && fitsBuffer(x) && fitsBuffer(y)) {
      IntBuffer source = ints(x).asBuffer();
      IntBuffer target = ints(y).asBuffer();
      return (from, to, length) -> target.put((int) to, source, (int) from, length);
    }
    double[] slice = new double[most];
    return (from, to, length) -> {
      HeapCopy.read(x, from, slice, 0, length);
      HeapCopy.write(slice, 0, length, y, to);
    };
  }

  /** Whether a buffer of java.nio, which moves a few elements at less cost, can hold all. */
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
   * y[i, j] = rows[i, columns[i, j]].
   *
   * @param operation as an error calls it
   * @param rows [n, d] in any number format, as y
   * @param columns [n, k] or [n], ints, as y
   * @throws IllegalArgumentException if there is no such column
   */
  public static void pick(String operation, INDArray rows, INDArray columns, INDArray y) {
    int[] columnOf = HeapCopy.intsOf(columns);
    check(operation, columnOf, rows.size(1));
    long d = rows.size(1);
    int k = perRow(rows, columns);
    Elements source = new Elements(rows);
    Elements target = new Elements(y);
    for (int i = 0; i < columnOf.length; i++) {
      target.set(i, source.get(i / k * d + columnOf[i]));
    }
  }

  /**
   * rows[i, c] = the sum of y[i, j] over all j with columns[i, j] = c: the gradient of {@link
   * #pick}. The other elements become 0. The sums are taken in double and rounded once, as those of
   * {@link #scatterAdd}.
   *
   * @param y [n, k] or [n], in any number format, as rows
   * @param columns ints from 0 to below d, of y's shape
   * @param rows [n, d]
   */
  public static void place(INDArray y, INDArray columns, INDArray rows) {
    int[] columnOf = HeapCopy.intsOf(columns);
    HeapCopy.clear(rows);
    long d = rows.size(1);
    int k = perRow(rows, columns);
    Elements source = new Elements(y);
    Elements target = new Elements(rows);
    if (k == 1) {
      for (int i = 0; i < columnOf.length; i++) {
        target.set(i * d + columnOf[i], source.get(i));
      }
      return;
    }
    // Only what a row's indices name is read, written, and made 0 again for the next row.
    double[] sums = new double[1 + Arrays.stream(columnOf).max().orElse(0)];
    for (int from = 0; from < columnOf.length; from += k) {
      long row = from / k * d;
      for (int i = from; i < from + k; i++) {
        sums[columnOf[i]] += source.get(i);
      }
      for (int i = from; i < from + k; i++) {
        target.set(row + columnOf[i], sums[columnOf[i]]);
      }
      for (int i = from; i < from + k; i++) {
        sums[columnOf[i]] = 0;
      }
    }
  }

  private static int perRow(INDArray rows, INDArray columns) {
    return Math.toIntExact(columns.length() / rows.size(0));
  }

  /** Elements of 4 bytes, whatever they are. */
  private static IntPointer ints(INDArray array) {
    return new IntPointer(array.data().pointer());
  }

  private static FloatBuffer floats(INDArray array) {
    return ((FloatPointer) array.data().pointer()).asBuffer();
  }
}
