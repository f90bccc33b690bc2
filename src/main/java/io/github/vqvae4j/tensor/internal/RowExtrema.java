package io.github.vqvae4j.tensor.internal;

import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Finds the maximum, minimum or k largest elements of rows [n, d] of any data type, and their
 * column indices. Among equal elements, the first takes precedence. NaN counts as the largest
 * element for maxima and the smallest for minima, so that it propagates to the result.
 */
public final class RowExtrema {
  /** The cost of an element in multiplications, which determines the number of threads. */
  private static final long COST = 2;

  private RowExtrema() {}

  /**
   * Finds the maximum or minimum of each row.
   *
   * @param max whether to find the maximum
   * @param rows the rows [n, d]
   * @param y receives the elements [n]; may be null
   * @param columns receives the column indices [n], ints
   */
  public static void find(boolean max, INDArray rows, INDArray y, INDArray columns) {
    int d = Math.toIntExact(rows.size(1));
    HeapSlices.runRows(
        rows.size(0),
        d,
        COST,
        sliceLength -> {
          double[] slice = new double[sliceLength];
          double[] elements = new double[sliceLength / d];
          int[] indices = new int[sliceLength / d];
          return (first, count) -> {
            HeapCopy.read(rows, first * d, slice, 0, count * d);
            for (int i = 0; i < count; i++) {
              indices[i] = max ? argmax(slice, i * d, d) : argmin(slice, i * d, d);
              elements[i] = slice[i * d + indices[i]];
            }
            HeapCopy.write(indices, 0, count, columns, first);
            if (y != null) {
              HeapCopy.write(elements, 0, count, y, first);
            }
          };
        });
  }

  private static int argmax(double[] values, int from, int length) {
    int index = 0;
    double best = values[from];
    // NaN takes precedence over all other elements.
    for (int i = 1; i < length && !Double.isNaN(best); i++) {
      if (!(values[from + i] <= best)) {
        best = values[from + i];
        index = i;
      }
    }
    return index;
  }

  private static int argmin(double[] values, int from, int length) {
    int index = 0;
    double best = values[from];
    for (int i = 1; i < length && !Double.isNaN(best); i++) {
      if (!(values[from + i] >= best)) {
        best = values[from + i];
        index = i;
      }
    }
    return index;
  }

  /**
   * Finds the k largest elements of each row, in descending order.
   *
   * @param rows the rows [n, d]
   * @param y receives the elements [n, k]; may be null
   * @param columns receives the column indices [n, k], ints; k is at most d
   */
  public static void topK(INDArray rows, INDArray y, INDArray columns) {
    int d = Math.toIntExact(rows.size(1));
    int k = Math.toIntExact(columns.size(1));
    HeapSlices.runRows(
        rows.size(0),
        d,
        COST,
        sliceLength -> {
          double[] slice = new double[sliceLength];
          TopK topK = new TopK(k);
          return (first, count) -> {
            HeapCopy.read(rows, first * d, slice, 0, count * d);
            for (int i = 0; i < count; i++) {
              topK.find(slice, i * d, d);
              HeapCopy.write(topK.indices, 0, k, columns, (first + i) * k);
              if (y != null) {
                HeapCopy.write(topK.values, 0, k, y, (first + i) * k);
              }
            }
          };
        });
  }

  /**
   * The k largest elements of one row: a heap with the lowest-ranked element at the root, then
   * sorted.
   */
  private static final class TopK {
    final double[] values;
    final int[] indices;

    TopK(int k) {
      values = new double[k];
      indices = new int[k];
    }

    void find(double[] row, int from, int length) {
      int k = values.length;
      for (int i = 0; i < k; i++) {
        values[i] = row[from + i];
        indices[i] = i;
      }
      for (int i = k / 2 - 1; i >= 0; i--) {
        sink(i, k);
      }
      for (int i = k; i < length; i++) {
        // The first comparison rejects most elements cheaply.
        if (!(row[from + i] < values[0]) && isBefore(row[from + i], i, values[0], indices[0])) {
          values[0] = row[from + i];
          indices[0] = i;
          sink(0, k);
        }
      }
      for (int end = k - 1; end > 0; end--) {
        swap(0, end);
        sink(0, end);
      }
    }

    /** Returns whether an element ranks before another element. */
    private static boolean isBefore(double a, int indexOfA, double b, int indexOfB) {
      // Adding 0 turns -0 into 0. Double.compare orders NaN as the largest value.
      int order = Double.compare(a + 0, b + 0);
      return order > 0 || order == 0 && indexOfA < indexOfB;
    }

    /** Moves an element down the heap below those that rank after it. */
    private void sink(int start, int end) {
      int parent = start;
      while (2 * parent + 1 < end) {
        int child = 2 * parent + 1;
        if (child + 1 < end && isBefore(child, child + 1)) {
          child++;
        }
        if (isBefore(child, parent)) {
          return;
        }
        swap(parent, child);
        parent = child;
      }
    }

    private boolean isBefore(int i, int j) {
      return isBefore(values[i], indices[i], values[j], indices[j]);
    }

    private void swap(int i, int j) {
      double value = values[i];
      values[i] = values[j];
      values[j] = value;
      int index = indices[i];
      indices[i] = indices[j];
      indices[j] = index;
    }
  }
}
