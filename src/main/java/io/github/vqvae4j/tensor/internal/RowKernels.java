package io.github.vqvae4j.tensor.internal;

import java.nio.DoubleBuffer;
import java.nio.FloatBuffer;
import org.bytedeco.javacpp.DoublePointer;
import org.bytedeco.javacpp.FloatPointer;
import org.bytedeco.javacpp.Pointer;
import org.bytedeco.javacpp.indexer.DoubleIndexer;
import org.bytedeco.javacpp.indexer.FloatIndexer;
import org.bytedeco.javacpp.indexer.Indexer;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Operations on rows as plain loops. Looking rows up is one memory copy a row, and the gradients of
 * repeated indices are simply added one after another, in the same order each time.
 */
public final class RowKernels {
  private RowKernels() {}

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

  private static FloatBuffer floats(INDArray array) {
    return ((FloatPointer) array.data().pointer()).asBuffer();
  }

  private static DoubleBuffer doubles(INDArray array) {
    return ((DoublePointer) array.data().pointer()).asBuffer();
  }
}
