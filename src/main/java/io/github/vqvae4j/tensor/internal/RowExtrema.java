package io.github.vqvae4j.tensor.internal;

import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * The largest or smallest elements of rows [n, d] of any number format, and where they are. Of
 * equal elements the first comes first. NaN counts as larger than all others, and as the smallest
 * where one is looked for, so that no result hides it.
 */
public final class RowExtrema {
  /** What an element costs, in multiplications, when work is shared out. */
  private static final long COST = 2;

  private RowExtrema() {}

  /**
   * Finds the largest or smallest element of each row.
   *
   * @param largest which of the two
   * @param y [n], the elements, or null if they are not wanted
   * @param columns [n], ints: where they are
   */
  public static void find(boolean largest, INDArray rows, INDArray y, INDArray columns) {
    int d = Math.toIntExact(rows.size(1));
    HeapSlices.runRows(
        rows.size(0),
        d,
        COST,
        most -> {
          double[] slice = new double[most];
          double[] found = new double[most / d];
          int[] places = new int[most / d];
          return (first, count) -> {
            HeapCopy.read(rows, first * d, slice, 0, count * d);
            for (int i = 0; i < count; i++) {
              places[i] = largest ? largest(slice, i * d, d) : smallest(slice, i * d, d);
              found[i] = slice[i * d + places[i]];
            }
            HeapCopy.write(places, 0, count, columns, first);
            if (y != null) {
              HeapCopy.write(found, 0, count, y, first);
            }
          };
        });
  }

  private static int largest(double[] numbers, int from, int length) {
    int place = 0;
    double best = numbers[from];
    // Nothing is above NaN.
    for (int i = 1; i < length && !Double.isNaN(best); i++) {
      if (!(numbers[from + i] <= best)) {
        best = numbers[from + i];
        place = i;
      }
    }
    return place;
  }

  private static int smallest(double[] numbers, int from, int length) {
    int place = 0;
    double best = numbers[from];
    for (int i = 1; i < length && !Double.isNaN(best); i++) {
      if (!(numbers[from + i] >= best)) {
        best = numbers[from + i];
        place = i;
      }
    }
    return place;
  }

  /**
   * Finds the k largest elements of each row, in falling order.
   *
   * @param y [n, k], the elements, or null if they are not wanted; k is at most d
   * @param columns [n, k], ints: where they are
   */
  public static void top(INDArray rows, INDArray y, INDArray columns) {
    int d = Math.toIntExact(rows.size(1));
    int k = Math.toIntExact(columns.size(1));
    HeapSlices.runRows(
        rows.size(0),
        d,
        COST,
        most -> {
          double[] slice = new double[most];
          Top top = new Top(k);
          return (first, count) -> {
            HeapCopy.read(rows, first * d, slice, 0, count * d);
            for (int i = 0; i < count; i++) {
              top.find(slice, i * d, d);
              HeapCopy.write(top.places, 0, k, columns, (first + i) * k);
              if (y != null) {
                HeapCopy.write(top.numbers, 0, k, y, (first + i) * k);
              }
            }
          };
        });
  }

  /** The largest elements of one row: a heap with the last of them on top, then sorted. */
  private static final class Top {
    final double[] numbers;
    final int[] places;

    Top(int k) {
      numbers = new double[k];
      places = new int[k];
    }

    void find(double[] row, int from, int length) {
      int k = numbers.length;
      for (int i = 0; i < k; i++) {
        numbers[i] = row[from + i];
        places[i] = i;
      }
      for (int i = k / 2 - 1; i >= 0; i--) {
        sink(i, k);
      }
      for (int i = k; i < length; i++) {
        // Most are smaller than all of these.
        if (!(row[from + i] < numbers[0]) && isBefore(row[from + i], i, numbers[0], places[0])) {
          numbers[0] = row[from + i];
          places[0] = i;
          sink(0, k);
        }
      }
      for (int end = k - 1; end > 0; end--) {
        swap(0, end);
        sink(0, end);
      }
    }

    /** Whether an element comes before another one. */
    private static boolean isBefore(double a, int placeOfA, double b, int placeOfB) {
      // Adding 0 makes -0 equal to 0; in this order NaN is the largest.
      int order = Double.compare(a + 0, b + 0);
      return order > 0 || order == 0 && placeOfA < placeOfB;
    }

    /** Puts an element below those that come after it. */
    private void sink(int at, int end) {
      int parent = at;
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
      return isBefore(numbers[i], places[i], numbers[j], places[j]);
    }

    private void swap(int i, int j) {
      double number = numbers[i];
      numbers[i] = numbers[j];
      numbers[j] = number;
      int place = places[i];
      places[i] = places[j];
      places[j] = place;
    }
  }
}
