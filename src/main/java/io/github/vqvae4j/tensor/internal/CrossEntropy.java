package io.github.vqvae4j.tensor.internal;

import io.github.vqvae4j.tensor.DType;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Cross-entropy of rows of logits [n, classes]: the mean of {@code -log softmax(row)[target]} over
 * all rows whose target is not ignored. The log-softmax is computed in blocks of rows, which avoids
 * a temporary array of the logits' size.
 */
public final class CrossEntropy {
  /** The number of logits in a block of rows: 512 KB, which fits into the L2 cache. */
  private static final long BLOCK = 1 << 17;

  private CrossEntropy() {}

  /**
   * Computes the mean cross-entropy.
   *
   * @param logits the logits [n, classes], in float or double
   * @param targets the target classes [n], ints
   * @param ignored the target of rows to ignore, which is not a valid class, such as -1
   * @return the mean; 0 if all rows are ignored
   * @throws IllegalArgumentException if a target is neither a valid class nor {@code ignored}
   */
  public static double mean(
      Kernels kernels, Arena arena, INDArray logits, INDArray targets, int ignored) {
    int[] classes = HeapCopy.intsOf(targets);
    long columns = logits.size(1);
    int count = count(classes, columns, ignored);
    DType dtype = NativeMemory.dtypeOf(logits);
    int rowsPerBlock = (int) Math.min(classes.length, Math.max(1, BLOCK / columns));
    INDArray buffer = arena.allocate(dtype, rowsPerBlock, columns);
    ElementIndexer logProbabilities = new ElementIndexer(buffer);
    double sum = 0;
    for (int first = 0; first < classes.length; first += rowsPerBlock) {
      int rows = Math.min(rowsPerBlock, classes.length - first);
      INDArray block = arena.view(logits, first * columns, dtype, rows, columns);
      kernels.softmax(block, 1, true, arena.view(buffer, dtype, rows, columns));
      for (int i = 0; i < rows; i++) {
        if (classes[first + i] != ignored) {
          sum -= logProbabilities.get(i * columns + classes[first + i]);
        }
      }
    }
    arena.release(buffer);
    return count == 0 ? 0 : sum / count;
  }

  /** Returns the number of rows that are not ignored. */
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
                  + " for rows to ignore, got "
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
   * Computes the gradient of the logits: {@code slope (softmax(row) - onehot(target)) / count},
   * where {@code count} is the number of rows that are not ignored; 0 for ignored rows.
   *
   * @param slope the gradient of the mean
   * @param dx the result, of the logits' shape
   */
  public static void gradient(
      Kernels kernels, INDArray logits, INDArray targets, int ignored, double slope, INDArray dx) {
    int[] classes = HeapCopy.intsOf(targets);
    long columns = logits.size(1);
    double factor = slope / count(classes, columns, ignored);
    kernels.softmax(logits, 1, false, dx);
    kernels.affine(dx, factor, 0, dx);
    ElementIndexer gradients = new ElementIndexer(dx);
    for (int i = 0; i < classes.length; i++) {
      if (classes[i] == ignored) {
        HeapCopy.clear(dx, i * columns, columns);
      } else {
        gradients.add(i * columns + classes[i], -factor);
      }
    }
  }
}
