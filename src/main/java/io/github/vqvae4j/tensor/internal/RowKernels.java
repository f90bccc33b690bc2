package io.github.vqvae4j.tensor.internal;

import java.nio.DoubleBuffer;
import java.nio.FloatBuffer;
import java.nio.IntBuffer;
import org.bytedeco.javacpp.DoublePointer;
import org.bytedeco.javacpp.FloatPointer;
import org.bytedeco.javacpp.IntPointer;
import org.bytedeco.javacpp.Pointer;
import org.bytedeco.javacpp.indexer.DoubleIndexer;
import org.bytedeco.javacpp.indexer.FloatIndexer;
import org.bytedeco.javacpp.indexer.Indexer;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Looks elements up by indices, and adds gradients up by them, as plain loops: those of repeated
 * indices one after another, in the same order each time.
 */
public final class RowKernels {
  /** Fewer elements are added one after another in place: a copy has an overhead. */
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
   * gradient of {@link #gather}.
   *
   * @param x in any number format, as sums
   * @param indices ints within sums' size along the axis, as many as x's
   */
  public static void scatterAdd(INDArray x, int axis, INDArray indices, INDArray sums) {
    int[] rows = HeapCopy.intsOf(indices);
    long size = sums.size(axis);
    long d = sizeAfter(sums, axis);
    long before = sums.length() / size / d;
    HeapCopy.clear(sums);
    Move addition = addition(x, sums, (int) Math.min(HeapSlices.LENGTH, d));
    for (long b = 0; b < before; b++) {
      for (int i = 0; i < rows.length; i++) {
        move(addition, (b * rows.length + i) * d, (b * size + rows[i]) * d, d);
      }
    }
  }

  /** Puts or adds some elements of an array, from one on, into another. */
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

  private static Move addition(INDArray x, INDArray sums, int most) {
    if (sums.dataType() == DataType.FLOAT && fitsBuffer(x) && fitsBuffer(sums)) {
      FloatBuffer source = floats(x);
      FloatBuffer target = floats(sums);
      float[] addends = new float[most];
      float[] slice = new float[most];
      return (from, to, length) -> {
        if (length < SHORT) {
          for (int i = 0; i < length; i++) {
            float sum = target.get((int) to + i) + source.get((int) from + i);
            target.put((int) to + i, sum);
          }
          return;
        }
        source.get((int) from, addends, 0, length);
        target.get((int) to, slice, 0, length);
        for (int i = 0; i < length; i++) {
          slice[i] += addends[i];
        }
        target.put((int) to, slice, 0, length);
      };
    }
    double[] addends = new double[most];
    double[] slice = new double[most];
    return (from, to, length) -> {
      HeapCopy.read(x, from, addends, 0, length);
      HeapCopy.read(sums, to, slice, 0, length);
      for (int i = 0; i < length; i++) {
        slice[i] += addends[i];
      }
      HeapCopy.write(slice, 0, length, sums, to);
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
   * #pick}. The other elements become 0.
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
    for (int i = 0; i < columnOf.length; i++) {
      target.add(i / k * d + columnOf[i], source.get(i));
    }
  }

  private static int perRow(INDArray rows, INDArray columns) {
    return Math.toIntExact(columns.length() / rows.size(0));
  }

  /** y[i] = table[indices[i]]; both have less than 2^31 elements. */
  public static void gather(INDArray table, int[] indices, INDArray y) {
    int d = Math.toIntExact(table.size(1));
    if (table.dataType() == DataType.FLOAT) {
      FloatBuffer source = floats(table);
      FloatBuffer target = floats(y);
      for (int i = 0; i < indices.length; i++) {
        target.put(i * d, source, indices[i] * d, d);
      }
    } else {
      DoubleBuffer source = doubles(table);
      DoubleBuffer target = doubles(y);
      for (int i = 0; i < indices.length; i++) {
        target.put(i * d, source, indices[i] * d, d);
      }
    }
  }

  /** gradient[k] = sum of dy[i] over all i with indices[i] = k. */
  public static void scatterAdd(INDArray dy, int[] indices, INDArray gradient) {
    int d = Math.toIntExact(gradient.size(1));
    if (gradient.dataType() == DataType.FLOAT) {
      float[] rows = HeapCopy.floatsOf(dy);
      float[] sums = new float[Math.toIntExact(gradient.length())];
      for (int i = 0; i < indices.length; i++) {
        int row = indices[i] * d;
        for (int j = 0; j < d; j++) {
          sums[row + j] += rows[i * d + j];
        }
      }
      HeapCopy.write(sums, 0, sums.length, gradient, 0);
    } else {
      double[] rows = HeapCopy.doublesOf(dy);
      double[] sums = new double[Math.toIntExact(gradient.length())];
      for (int i = 0; i < indices.length; i++) {
        int row = indices[i] * d;
        for (int j = 0; j < d; j++) {
          sums[row + j] += rows[i * d + j];
        }
      }
      HeapCopy.write(sums, gradient);
    }
  }

  /** y[i] = the largest number of row i; returns the first column that has it, or a NaN. */
  public static int[] max(INDArray rows, INDArray y) {
    double[] numbers = HeapCopy.doublesOf(rows);
    double[] largest = new double[(int) rows.size(0)];
    int[] columns = new int[largest.length];
    int d = (int) rows.size(1);
    for (int i = 0; i < largest.length; i++) {
      largest[i] = numbers[i * d];
      for (int j = 1; j < d; j++) {
        double number = numbers[i * d + j];
        if (number > largest[i] || Double.isNaN(number)) {
          largest[i] = number;
          columns[i] = j;
        }
      }
    }
    HeapCopy.write(largest, y);
    return columns;
  }

  /** y[i] = rows[i, columns[i]]. */
  public static void pick(INDArray rows, int[] columns, INDArray y) {
    double[] picked = new double[columns.length];
    Indexer numbers = indexer(rows);
    for (int i = 0; i < columns.length; i++) {
      picked[i] = numbers.getDouble(place(i, rows.size(1), columns[i]));
    }
    HeapCopy.write(picked, y);
  }

  /** rows[i, columns[i]] = y[i], and 0 in the other columns. */
  public static void place(INDArray y, int[] columns, INDArray rows) {
    double[] placed = HeapCopy.doublesOf(y);
    Pointer.memset(rows.data().pointer(), 0, rows.length() * rows.dataType().width());
    Indexer numbers = indexer(rows);
    for (int i = 0; i < columns.length; i++) {
      numbers.putDouble(new long[] {place(i, rows.size(1), columns[i])}, placed[i]);
    }
  }

  /** Where an element lies: logits may have more elements than an int counts. */
  static long place(int row, long width, int column) {
    return row * width + column;
  }

  private static Indexer indexer(INDArray array) {
    Pointer numbers = array.data().pointer();
    return numbers instanceof FloatPointer floats
        ? FloatIndexer.create(floats)
        : DoubleIndexer.create((DoublePointer) numbers);
  }

  /** Elements of 4 bytes, whatever they are. */
  private static IntPointer ints(INDArray array) {
    return new IntPointer(array.data().pointer());
  }

  private static DoublePointer pointerToDoubles(INDArray array) {
    return (DoublePointer) array.data().pointer();
  }

  private static FloatBuffer floats(INDArray array) {
    return ((FloatPointer) array.data().pointer()).asBuffer();
  }

  private static DoubleBuffer doubles(INDArray array) {
    return ((DoublePointer) array.data().pointer()).asBuffer();
  }
}
