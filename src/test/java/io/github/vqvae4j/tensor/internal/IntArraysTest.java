package io.github.vqvae4j.tensor.internal;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.github.vqvae4j.tensor.DType;
import io.github.vqvae4j.tensor.internal.Kernels.Binary;
import io.github.vqvae4j.tensor.internal.Kernels.Comparison;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

/** Int arrays: memory, copies, and kernels that support ints. */
class IntArraysTest {
  private static final int LARGE = (1 << 24) + 1; // not representable as a float

  private final Kernels kernels = new Nd4jKernels();
  private Arena arena;

  @BeforeEach
  void open() {
    arena = Arena.acquire();
  }

  @AfterEach
  void close() {
    arena.recycle();
  }

  private INDArray ints(int[] values, long... shape) {
    INDArray array = arena.allocate(DType.INT, shape);
    HeapCopy.write(values, 0, values.length, array, 0);
    return array;
  }

  private INDArray result(long... shape) {
    return arena.allocate(DType.INT, shape);
  }

  @Test
  void copiesAreExact() {
    int[] values = {Integer.MIN_VALUE, -1, 0, LARGE, Integer.MAX_VALUE};
    INDArray array = ints(values, 5);
    assertEquals(DataType.INT32, array.dataType());
    assertArrayEquals(values, HeapCopy.intsOf(array));
    assertArrayEquals(
        new double[] {Integer.MIN_VALUE, -1, 0, LARGE, Integer.MAX_VALUE},
        HeapCopy.doublesOf(array));
    int[] target = new int[4];
    HeapCopy.read(array, 3, target, 1, 2);
    assertArrayEquals(new int[] {0, LARGE, Integer.MAX_VALUE, 0}, target);
    HeapCopy.write(target, 1, 1, array, 4);
    assertArrayEquals(new int[] {Integer.MIN_VALUE, -1, 0, LARGE, LARGE}, HeapCopy.intsOf(array));
    HeapCopy.write(new double[] {1, -2.9, 2.9, LARGE, 5}, array);
    assertArrayEquals(new int[] {1, -2, 2, LARGE, 5}, HeapCopy.intsOf(array));
  }

  @Test
  void conversionsFollowJavaCasts() {
    double[] values = new double[5003]; // two full slices and a partial one
    for (int i = 0; i < values.length; i++) {
      values[i] = (i - 2500) * 1234567.75;
    }
    values[7] = Double.NaN;
    values[4999] = Double.NEGATIVE_INFINITY;
    for (DType from : DType.values()) {
      INDArray source = arena.allocate(from, 1, 5003);
      HeapCopy.write(values, source);
      double[] exact = HeapCopy.doublesOf(source);
      for (DType to : DType.values()) {
        INDArray target = arena.allocate(to, 5003, 1);
        HeapCopy.convert(source, target);
        double[] actual = HeapCopy.doublesOf(target);
        for (int i = 0; i < actual.length; i++) {
          double expected =
              switch (to) {
                case FLOAT -> (float) exact[i];
                case DOUBLE -> exact[i];
                case INT -> (int) exact[i];
              };
          assertEquals(expected, actual[i], from + " to " + to + " at " + i);
        }
      }
    }
  }

  @Test
  void rangesAreChecked() {
    INDArray array = ints(new int[3], 3);
    int[] heap = new int[4];
    assertThrows(IllegalArgumentException.class, () -> HeapCopy.read(array, 1, heap, 0, 3));
    assertThrows(IllegalArgumentException.class, () -> HeapCopy.write(heap, 2, 3, array, 0));
  }

  @Test
  void permuteSliceAndConcat() {
    int[] values = IntStream.range(LARGE, LARGE + 30).toArray();
    INDArray x = ints(values, 2, 3, 5);
    INDArray permuted = result(5, 2, 3);
    kernels.permute(x, new int[] {2, 0, 1}, permuted);
    INDArray sliced = result(2, 2, 5);
    kernels.slice(x, 1, 1, sliced);
    INDArray concatenated = result(2, 5, 5);
    kernels.concat(new INDArray[] {sliced, x}, 1, concatenated);
    int[] m = HeapCopy.intsOf(permuted);
    int[] c = HeapCopy.intsOf(sliced);
    int[] j = HeapCopy.intsOf(concatenated);
    for (int a = 0; a < 2; a++) {
      for (int b = 0; b < 3; b++) {
        for (int d = 0; d < 5; d++) {
          int value = values[(a * 3 + b) * 5 + d];
          assertEquals(value, m[(d * 2 + a) * 3 + b]);
          assertEquals(value, j[(a * 5 + b + 2) * 5 + d]);
          if (b > 0) {
            assertEquals(value, c[(a * 2 + b - 1) * 5 + d]);
            assertEquals(value, j[(a * 5 + b - 1) * 5 + d]);
          }
        }
      }
    }
  }

  @Test
  void arithmeticWrapsLikeInt() {
    int[] a = {Integer.MAX_VALUE, LARGE, -7, 0};
    int[] b = {1, LARGE, 3, -5};
    long[][][] shapes = {{{4}, {4}}, {{4, 1}, {1, 4}}, {{1, 4}, {4, 1}}, {{2, 2}, {1, 1}}};
    for (long[][] pair : shapes) {
      long rank = pair[0].length;
      long[] shape = pair[0].clone();
      for (int i = 0; i < rank; i++) {
        shape[i] = Math.max(shape[i], pair[1][i]);
      }
      INDArray x = ints(a, pair[0]);
      int[] other = pair[1].length == 2 && pair[1][0] * pair[1][1] == 1 ? new int[] {LARGE} : b;
      INDArray y = ints(other, pair[1]);
      for (Binary operation : new Binary[] {Binary.ADD, Binary.SUB, Binary.MUL}) {
        INDArray result = result(shape);
        kernels.binary(operation, x, y, result);
        int[] actual = HeapCopy.intsOf(result);
        for (int i = 0; i < actual.length; i++) {
          int row = (int) (i / shape[shape.length - 1]);
          int column = (int) (i % shape[shape.length - 1]);
          int left = a[at(row, column, pair[0])];
          int right = other[at(row, column, pair[1])];
          int expected =
              switch (operation) {
                case ADD -> left + right;
                case SUB -> left - right;
                default -> left * right;
              };
          assertEquals(expected, actual[i], operation + " " + left + " " + right);
        }
      }
    }
  }

  private static int at(int row, int column, long... shape) {
    int columns = (int) shape[shape.length - 1];
    int c = columns == 1 ? 0 : column;
    int r = shape.length == 1 || shape[0] == 1 ? 0 : row;
    return r * columns + c;
  }

  @Test
  void sumsAreExact() {
    INDArray x = ints(new int[] {1, 0, 1, 1, 0, LARGE}, 2, 3);
    INDArray rows = result(2, 1);
    kernels.sum(x, new int[] {1}, rows);
    assertArrayEquals(new int[] {2, LARGE + 1}, HeapCopy.intsOf(rows));
    INDArray all = result(1, 1);
    kernels.sum(x, new int[] {0, 1}, all);
    assertArrayEquals(new int[] {LARGE + 3}, HeapCopy.intsOf(all));
  }

  @Test
  void affineIsExact() {
    INDArray x = ints(new int[] {LARGE, -3}, 2);
    INDArray y = result(2);
    kernels.affine(x, 2, -1, y);
    assertArrayEquals(new int[] {2 * LARGE - 1, -7}, HeapCopy.intsOf(y));
  }

  /** Includes values that are equal as floats. */
  @Test
  void comparisonsExtremaAndSelection() {
    int[] a = {LARGE, LARGE - 1, Integer.MIN_VALUE, -1};
    int[] b = {LARGE - 1, LARGE, Integer.MAX_VALUE, -1};
    INDArray x = ints(a, 4, 1);
    INDArray y = ints(b, 1, 4);
    INDArray max = result(4, 4);
    kernels.binary(Binary.MAXIMUM, x, y, max);
    INDArray min = result(4, 4);
    kernels.binary(Binary.MINIMUM, x, y, min);
    INDArray less = result(4, 4);
    kernels.compare(Comparison.LESS, x, y, less);
    INDArray equal = result(4, 4);
    kernels.compare(Comparison.EQUAL, x, y, equal);
    INDArray selected = result(4, 4);
    kernels.where(less, x, y, selected);
    for (int i = 0; i < 16; i++) {
      int left = a[i / 4];
      int right = b[i % 4];
      assertEquals(Math.max(left, right), HeapCopy.intsOf(max)[i]);
      assertEquals(Math.min(left, right), HeapCopy.intsOf(min)[i]);
      assertEquals(left < right ? 1 : 0, HeapCopy.intsOf(less)[i]);
      assertEquals(left == right ? 1 : 0, HeapCopy.intsOf(equal)[i]);
      assertEquals(Math.min(left, right), HeapCopy.intsOf(selected)[i]);
    }
  }
}
