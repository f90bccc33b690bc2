package io.github.vqvae4j.tensor.internal;

import java.nio.DoubleBuffer;
import java.nio.FloatBuffer;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Row lookup and its gradient as plain loops: a row is one memory copy, and repeated indices are
 * simply added one after another, in the same order each time.
 */
public final class RowKernels {
  private RowKernels() {}

  /** y[i] = table[indices[i]]. */
  public static void gather(INDArray table, int[] indices, INDArray y) {
    int d = (int) table.size(1);
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
    int d = (int) gradient.size(1);
    if (gradient.dataType() == DataType.FLOAT) {
      float[] rows = HeapCopy.floatsOf(dy);
      float[] sums = new float[(int) gradient.length()];
      for (int i = 0; i < indices.length; i++) {
        int row = indices[i] * d;
        for (int j = 0; j < d; j++) {
          sums[row + j] += rows[i * d + j];
        }
      }
      HeapCopy.write(sums, 0, sums.length, gradient, 0);
    } else {
      double[] rows = HeapCopy.doublesOf(dy);
      double[] sums = new double[(int) gradient.length()];
      for (int i = 0; i < indices.length; i++) {
        int row = indices[i] * d;
        for (int j = 0; j < d; j++) {
          sums[row + j] += rows[i * d + j];
        }
      }
      HeapCopy.write(sums, gradient);
    }
  }

  private static FloatBuffer floats(INDArray array) {
    return ((org.bytedeco.javacpp.FloatPointer) array.data().pointer()).asBuffer();
  }

  private static DoubleBuffer doubles(INDArray array) {
    return ((org.bytedeco.javacpp.DoublePointer) array.data().pointer()).asBuffer();
  }
}
