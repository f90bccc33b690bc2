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

/** Gather, scatter-add, extrema and top k for all data types. */
class GatherScatterTest {
  private Arena arena;
  private final Rng rng = new Rng(5);

  @BeforeEach
  void open() {
    arena = Arena.acquire();
  }

  @AfterEach
  void close() {
    arena.recycle();
  }

  /** Random small integers with many duplicates, exact in all data types. */
  private double[] integers(int count) {
    double[] values = new double[count];
    for (int i = 0; i < count; i++) {
      values[i] = rng.nextInt(41) - 20;
    }
    return values;
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

  /** Sizes before, along and after the axis, and the value of indices. */
  private static final int[][] SIZES = {
    {1, 1, 1, 1}, {1, 7, 64, 33}, {1, 5, 1, 11}, {3, 5, 1, 7}, {2, 3, 17, 1}, {2, 2, 5000, 5}
  };

  @ParameterizedTest
  @EnumSource
  void gather(DType dtype) {
    for (int[] s : SIZES) {
      double[] x = integers(s[0] * s[1] * s[2]);
      int[] indices = indices(s[3], s[1]);
      INDArray y = arena.allocate(dtype, s[0], s[3], s[2]);
      GatherScatter.gather("gather", array(dtype, x, s[0], s[1], s[2]), 1, ints(indices, s[3]), y);
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
  void scatterAdd(DType dtype) {
    for (int[] s : SIZES) {
      double[] x = integers(s[0] * s[3] * s[2]);
      int[] indices = indices(s[3], s[1]);
      INDArray sums = array(dtype, integers(s[0] * s[1] * s[2]), s[0], s[1], s[2]);
      GatherScatter.scatterAdd(array(dtype, x, s[0], s[3], s[2]), 1, ints(indices, s[3]), sums);
      double[] expected = new double[s[0] * s[1] * s[2]];
      for (int i = 0; i < x.length; i++) {
        int row = indices[i / s[2] % s[3]];
        expected[(i / s[2] / s[3] * s[1] + row) * s[2] + i % s[2]] += x[i];
      }
      assertArrayEquals(expected, HeapCopy.doublesOf(sums));
    }
  }

  /** A million addends for one index: a running sum in float would lose more than half. */
  @Test
  void sumsOfManyAddendsAreAccurate() {
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
    GatherScatter.scatterAdd(x, 0, ints(indices, n), sums);
    float[] expected = {
      0, 0, 0, (float) (n * (double) 0.1f), n + 0.125f, (float) (1e5 - (n - 1) * (double) 3e-7f)
    };
    assertArrayEquals(expected, HeapCopy.floatsOf(sums));
  }

  @ParameterizedTest
  @EnumSource
  void gatherAndScatterAddColumns(DType dtype) {
    int[][] sizes = {{1, 1, 1}, {7, 5, 1}, {5, 3, 4}, {1, 4097, 3}, {2100, 2, 1}};
    for (int[] s : sizes) {
      int n = s[0];
      int d = s[1];
      int k = s[2];
      int[] columns = indices(n * k, d);
      long[] shape = k == 1 ? new long[] {n} : new long[] {n, k};
      double[] x = integers(n * d);
      INDArray y = arena.allocate(dtype, shape);
      GatherScatter.gatherColumns("gather", array(dtype, x, n, d), ints(columns, shape), y);
      double[] gathered = HeapCopy.doublesOf(y);
      INDArray rows = array(dtype, integers(n * d), n, d);
      GatherScatter.scatterAddColumns(y, ints(columns, shape), rows);
      double[] expected = new double[n * d];
      for (int i = 0; i < n * k; i++) {
        assertEquals(x[i / k * d + columns[i]], gathered[i]);
        expected[i / k * d + columns[i]] += gathered[i];
      }
      assertArrayEquals(expected, HeapCopy.doublesOf(rows));
    }
  }

  @Test
  void invalidIndicesAreNamedInTheError() {
    INDArray x = array(DType.FLOAT, new double[6], 3, 2);
    INDArray y = arena.allocate(DType.FLOAT, 2, 2);
    int[] invalid = new int[5000];
    invalid[4100] = -1;
    assertEquals(
        "embedding: expected indices from 0 to 2, got 3 at position 1.",
        message(() -> GatherScatter.gather("embedding", x, 0, ints(new int[] {2, 3}, 2), y)));
    assertEquals(
        "take: expected indices from 0 to 1, got 2 at position 2.",
        message(() -> GatherScatter.gatherColumns("take", x, ints(new int[] {1, 0, 2}, 3), y)));
    assertEquals(
        "codes: expected indices from 0 to 9, got -1 at position 4100.",
        message(() -> GatherScatter.checkIndices("codes", ints(invalid, 5000), 10)));
  }

  private static String message(Runnable action) {
    return assertThrows(IllegalArgumentException.class, action::run).getMessage();
  }

  /** Returns the columns in descending order of their values, NaN first, ties in order. */
  private static Integer[] sorted(double[] x, int row, int d) {
    Integer[] order = IntStream.range(0, d).boxed().toArray(Integer[]::new);
    Comparator<Integer> byValue =
        (a, b) -> {
          double p = x[row * d + a];
          double q = x[row * d + b];
          if (Double.isNaN(p) || Double.isNaN(q)) {
            return Boolean.compare(Double.isNaN(q), Double.isNaN(p));
          }
          return p == q ? 0 : p > q ? -1 : 1;
        };
    Arrays.sort(order, byValue); // stable
    return order;
  }

  private double[] specialValues(DType dtype, int count) {
    double[] values = integers(count);
    if (dtype != DType.INT) {
      double[] special = {Double.NaN, Double.POSITIVE_INFINITY, Double.NEGATIVE_INFINITY, -0.0, 0};
      for (int i = 0; i < count; i++) {
        values[i] = rng.nextInt(8) == 0 ? special[rng.nextInt(special.length)] : values[i];
      }
    }
    return values;
  }

  @ParameterizedTest
  @EnumSource
  void topKOfEachRow(DType dtype) {
    int[][] sizes = {{1, 1}, {1, 2}, {9, 3}, {501, 7}, {1500, 5}, {3, 1021}, {4, 2048}, {3, 5000}};
    for (int[] s : sizes) {
      int n = s[0];
      int d = s[1];
      double[] x = specialValues(dtype, n * d);
      INDArray rows = array(dtype, x, n, d);
      for (int k : new int[] {1, Math.min(d, 3), d}) {
        INDArray y = arena.allocate(dtype, n, k);
        INDArray columns = arena.allocate(DType.INT, n, k);
        RowExtrema.topK(rows, y, columns);
        int[] actual = HeapCopy.intsOf(columns);
        double[] values = HeapCopy.doublesOf(y);
        for (int i = 0; i < n; i++) {
          Integer[] expected = sorted(x, i, d);
          for (int j = 0; j < k; j++) {
            assertEquals(expected[j], actual[i * k + j]);
            assertEquals(x[i * d + expected[j]], values[i * k + j]);
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
      double[] x = specialValues(dtype, n * d);
      INDArray rows = array(dtype, x, n, d);
      for (boolean max : new boolean[] {true, false}) {
        INDArray y = arena.allocate(dtype, n);
        INDArray columns = arena.allocate(DType.INT, n);
        RowExtrema.find(max, rows, y, columns);
        INDArray columnsOnly = arena.allocate(DType.INT, n);
        RowExtrema.find(max, rows, null, columnsOnly);
        int[] actual = HeapCopy.intsOf(columns);
        assertArrayEquals(actual, HeapCopy.intsOf(columnsOnly));
        for (int i = 0; i < n; i++) {
          int expected = 0;
          for (int j = d - 1; j >= 0; j--) {
            double value = x[i * d + j];
            double best = x[i * d + expected];
            boolean better = max ? value >= best : value <= best;
            expected = Double.isNaN(value) || !Double.isNaN(best) && better ? j : expected;
          }
          assertEquals(expected, actual[i], "row " + i + ", " + max);
          assertEquals(x[i * d + expected], HeapCopy.doublesOf(y)[i]);
        }
      }
    }
  }
}
