package io.github.vqvae4j.tensor.internal;

import io.github.vqvae4j.tensor.DType;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Cross-entropy of rows of logits [n, classes]: the mean of {@code -log softmax(row)[target]} over
 * all rows whose target is a class. The logarithms are computed for some rows at a time, so that no
 * second array of the logits' size is taken.
 */
public final class CrossEntropy {
  /** Logits in a block of rows: half a megabyte, which stays in the second-level cache. */
  private static final long BLOCK = 1 << 17;

  private CrossEntropy() {}

  /**
   * The mean.
   *
   * @param logits [n, classes], in float or double
   * @param targets [n], ints
   * @param ignored the target of rows that are left out; a class of none, such as -1
   * @return 0 if all rows are left out
   * @throws IllegalArgumentException if a target is neither a class nor ignored
   */
  public static double mean(
      Kernels kernels, Arena arena, INDArray logits, INDArray targets, int ignored) {
    int[] classes = HeapCopy.intsOf(targets);
    long columns = logits.size(1);
    int count = count(classes, columns, ignored);
    DType dtype = NativeMemory.dtypeOf(logits);
    int most = (int) Math.min(classes.length, Math.max(1, BLOCK / columns));
    INDArray slots = arena.allocate(dtype, most, columns);
    Elements logarithms = new Elements(slots);
    double sum = 0;
    for (int first = 0; first < classes.length; first += most) {
      int rows = Math.min(most, classes.length - first);
      INDArray block = arena.part(logits, first * columns, dtype, rows, columns);
      kernels.softmax(block, 1, true, arena.view(slots, dtype, rows, columns));
      for (int i = 0; i < rows; i++) {
        if (classes[first + i] != ignored) {
          sum -= logarithms.get(i * columns + classes[first + i]);
        }
      }
    }
    arena.release(slots);
    return count == 0 ? 0 : sum / count;
  }

  /** How many rows are not left out. */
  private static int count(int[] classes, long columns, int ignored) {
    int count = 0;
    for (int i = 0; i < classes.length; i++) {
      if (classes[i] != ignored) {
        count++;
        if (classes[i] < 0 || classes[i] >= columns) {
          throw new IllegalArgumentException(
              "crossEntropy: expected targets from 0 to "
                  + (columns - 1)
                  + ", or "
                  + ignored
                  + " for rows to leave out, got "
                  + classes[i]
                  + " at position "
                  + i
                  + ".");
        }
      }
    }
    return count;
  }

  /**
   * The gradient of the logits: that of the mean times (softmax(row) - 1 at the target) / rows that
   * count, and 0 in rows that are left out.
   *
   * @param slope the gradient of the mean
   * @param dx of the logits' shape
   */
  public static void gradient(
      Kernels kernels, INDArray logits, INDArray targets, int ignored, double slope, INDArray dx) {
    int[] classes = HeapCopy.intsOf(targets);
    long columns = logits.size(1);
    double factor = slope / count(classes, columns, ignored);
    kernels.softmax(logits, 1, false, dx);
    kernels.affine(dx, factor, 0, dx);
    Elements gradients = new Elements(dx);
    for (int i = 0; i < classes.length; i++) {
      if (classes[i] == ignored) {
        HeapCopy.clear(dx, i * columns, columns);
      } else {
        gradients.add(i * columns + classes[i], -factor);
      }
    }
  }
}
