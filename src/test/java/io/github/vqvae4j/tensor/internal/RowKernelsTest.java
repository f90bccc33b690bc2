package io.github.vqvae4j.tensor.internal;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.github.vqvae4j.random.Rng;
import io.github.vqvae4j.tensor.DType;
import java.util.Arrays;
import java.util.Comparator;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.nd4j.linalg.api.ndarray.INDArray;

/** Looking elements up, adding gradients up, and the largest ones, in all number formats. */
class RowKernelsTest {
  private Arena arena;
  private final Rng rng = new Rng(5);

  @BeforeEach
  void open() {
    arena = Arena.take();
  }

  @AfterEach
  void close() {
    arena.giveBack();
  }

  /** Whole numbers, of which many are equal, and which all formats hold. */
  private double[] wholeNumbers(int count) {
    double[] numbers = new double[count];
    for (int i = 0; i < count; i++) {
      numbers[i] = rng.nextInt(41) - 20;
    }
    return numbers;
  }

  private int[] indices(int count, int size) {
    int[] indices = new int[count];
    for (int i = 0; i < count; i++) {
      indices[i] = rng.nextInt(size);
    }
    return indices;
  }

  private INDArray array(DType dtype, double[] values, long... shape) {
    INDArray array = arena.allocate(dtype, shape);
    HeapCopy.write(values, array);
    return array;
  }

  private INDArray ints(int[] values, long... shape) {
    return KernelSetting.ints(arena, values, shape);
  }

  /** Sizes before, along and after the axis, and the number of indices. */
  private static final int[][] SIZES = {
    {1, 1, 1, 1}, {1, 7, 64, 33}, {1, 5, 1, 11}, {3, 5, 1, 7}, {2, 3, 17, 1}, {2, 2, 5000, 5}
  };

  @ParameterizedTest
  @EnumSource
  void gatherTakesWhatTheIndicesName(DType dtype) {
    for (int[] s : SIZES) {
      double[] x = wholeNumbers(s[0] * s[1] * s[2]);
      int[] indices = indices(s[3], s[1]);
      INDArray y = arena.allocate(dtype, s[0], s[3], s[2]);
      RowKernels.gather("gather", array(dtype, x, s[0], s[1], s[2]), 1, ints(indices, s[3]), y);
      double[] expected = new double[s[0] * s[3] * s[2]];
      for (int i = 0; i < expected.length; i++) {
        int row = indices[i / s[2] % s[3]];
        expected[i] = x[(i / s[2] / s[3] * s[1] + row) * s[2] + i % s[2]];
      }
      assertArrayEquals(expected, HeapCopy.doublesOf(y));
    }
  }

  @ParameterizedTest
  @EnumSource
  void scatterAddAddsUpWhatHasOneIndex(DType dtype) {
    for (int[] s : SIZES) {
      double[] x = wholeNumbers(s[0] * s[3] * s[2]);
      int[] indices = indices(s[3], s[1]);
      INDArray sums = array(dtype, wholeNumbers(s[0] * s[1] * s[2]), s[0], s[1], s[2]);
      RowKernels.scatterAdd(array(dtype, x, s[0], s[3], s[2]), 1, ints(indices, s[3]), sums);
      double[] expected = new double[s[0] * s[1] * s[2]];
      for (int i = 0; i < x.length; i++) {
        int row = indices[i / s[2] % s[3]];
        expected[(i / s[2] / s[3] * s[1] + row) * s[2] + i % s[2]] += x[i];
      }
      assertArrayEquals(expected, HeapCopy.doublesOf(sums));
    }
  }

  /** A million addends of one index, of which a running sum in float loses half and more. */
  @Test
  void sumsOfManyKeepTheirDigits() {
    int n = 1 << 20;
    INDArray x = arena.allocate(DType.FLOAT, n, 3);
    float[] row = {0.1f, 1 + 0x1p-23f, -3e-7f};
    float[] values = new float[3 * n];
    for (int i = 0; i < values.length; i++) {
      values[i] = row[i % 3];
    }
    values[2] = 1e5f;
    HeapCopy.write(values, 0, values.length, x, 0);
    INDArray sums = arena.allocate(DType.FLOAT, 2, 3);
    int[] indices = new int[n];
    Arrays.fill(indices, 1);
    RowKernels.scatterAdd(x, 0, ints(indices, n), sums);
    float[] expected = {
      0, 0, 0, (float) (n * (double) 0.1f), n + 0.125f, (float) (1e5 - (n - 1) * (double) 3e-7f)
    };
    assertArrayEquals(expected, HeapCopy.floatsOf(sums));
  }

  @ParameterizedTest
  @EnumSource
  void pickAndPlace(DType dtype) {
    int[][] sizes = {{1, 1, 1}, {7, 5, 1}, {5, 3, 4}, {1, 4097, 3}, {2100, 2, 1}};
    for (int[] s : sizes) {
      int n = s[0];
      int d = s[1];
      int k = s[2];
      int[] columns = indices(n * k, d);
      long[] shape = k == 1 ? new long[] {n} : new long[] {n, k};
      double[] x = wholeNumbers(n * d);
      INDArray y = arena.allocate(dtype, shape);
      RowKernels.pick("pick", array(dtype, x, n, d), ints(columns, shape), y);
      double[] picked = HeapCopy.doublesOf(y);
      INDArray rows = array(dtype, wholeNumbers(n * d), n, d);
      RowKernels.place(y, ints(columns, shape), rows);
      double[] expected = new double[n * d];
      for (int i = 0; i < n * k; i++) {
        assertEquals(x[i / k * d + columns[i]], picked[i]);
        expected[i / k * d + columns[i]] += picked[i];
      }
      assertArrayEquals(expected, HeapCopy.doublesOf(rows));
    }
  }

  @Test
  void badIndicesAreNamed() {
    INDArray x = array(DType.FLOAT, new double[6], 3, 2);
    INDArray y = arena.allocate(DType.FLOAT, 2, 2);
    int[] far = new int[5000];
    far[4100] = -1;
    assertEquals(
        "embedding: expected indices from 0 to 2, got 3 at position 1.",
        message(() -> RowKernels.gather("embedding", x, 0, ints(new int[] {2, 3}, 2), y)));
    assertEquals(
        "take: expected indices from 0 to 1, got 2 at position 2.",
        message(() -> RowKernels.pick("take", x, ints(new int[] {1, 0, 2}, 3), y)));
    assertEquals(
        "codes: expected indices from 0 to 9, got -1 at position 4100.",
        message(() -> RowKernels.checkIndices("codes", ints(far, 5000), 10)));
  }

  private static String message(Runnable work) {
    return assertThrows(IllegalArgumentException.class, work::run).getMessage();
  }

  /** In falling order, NaN first, of equal ones the first first. */
  private static Integer[] sorted(double[] x, int row, int d) {
    Integer[] order = IntStream.range(0, d).boxed().toArray(Integer[]::new);
    Comparator<Integer> byNumber =
        (a, b) -> {
          double p = x[row * d + a];
          double q = x[row * d + b];
          if (Double.isNaN(p) || Double.isNaN(q)) {
            return Boolean.compare(Double.isNaN(q), Double.isNaN(p));
          }
          return p == q ? 0 : p > q ? -1 : 1;
        };
    Arrays.sort(order, byNumber); // which is stable
    return order;
  }

  private double[] oddNumbers(DType dtype, int count) {
    double[] numbers = wholeNumbers(count);
    if (dtype != DType.INT) {
      double[] odd = {Double.NaN, Double.POSITIVE_INFINITY, Double.NEGATIVE_INFINITY, -0.0, 0};
      for (int i = 0; i < count; i++) {
        numbers[i] = rng.nextInt(8) == 0 ? odd[rng.nextInt(odd.length)] : numbers[i];
      }
    }
    return numbers;
  }

  @ParameterizedTest
  @EnumSource
  void theLargestOfEachRow(DType dtype) {
    int[][] sizes = {{1, 1}, {1, 2}, {9, 3}, {501, 7}, {1500, 5}, {3, 1021}, {4, 2048}, {3, 5000}};
    for (int[] s : sizes) {
      int n = s[0];
      int d = s[1];
      double[] x = oddNumbers(dtype, n * d);
      INDArray rows = array(dtype, x, n, d);
      for (int k : new int[] {1, Math.min(d, 3), d}) {
        INDArray y = arena.allocate(dtype, n, k);
        INDArray columns = arena.allocate(DType.INT, n, k);
        RowExtrema.top(rows, y, columns);
        int[] actual = HeapCopy.intsOf(columns);
        double[] numbers = HeapCopy.doublesOf(y);
        for (int i = 0; i < n; i++) {
          Integer[] expected = sorted(x, i, d);
          for (int j = 0; j < k; j++) {
            assertEquals(expected[j], actual[i * k + j]);
            assertEquals(x[i * d + expected[j]], numbers[i * k + j]);
          }
        }
      }
    }
  }

  @ParameterizedTest
  @EnumSource
  void extremaOfEachRow(DType dtype) {
    int[][] sizes = {{1, 1}, {9, 3}, {1500, 5}, {3, 1021}, {3, 5000}};
    for (int[] s : sizes) {
      int n = s[0];
      int d = s[1];
      double[] x = oddNumbers(dtype, n * d);
      INDArray rows = array(dtype, x, n, d);
      for (boolean largest : new boolean[] {true, false}) {
        INDArray y = arena.allocate(dtype, n);
        INDArray columns = arena.allocate(DType.INT, n);
        RowExtrema.find(largest, rows, y, columns);
        INDArray alone = arena.allocate(DType.INT, n);
        RowExtrema.find(largest, rows, null, alone);
        int[] actual = HeapCopy.intsOf(columns);
        assertArrayEquals(actual, HeapCopy.intsOf(alone));
        for (int i = 0; i < n; i++) {
          int expected = 0;
          for (int j = d - 1; j >= 0; j--) {
            double number = x[i * d + j];
            double best = x[i * d + expected];
            boolean better = largest ? number >= best : number <= best;
            expected = Double.isNaN(number) || !Double.isNaN(best) && better ? j : expected;
          }
          assertEquals(expected, actual[i], "row " + i + ", " + largest);
          assertEquals(x[i * d + expected], HeapCopy.doublesOf(y)[i]);
        }
      }
    }
  }
}
