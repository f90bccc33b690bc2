package io.github.vqvae4j.io;

import static io.github.vqvae4j.io.ErrorText.assertMessageContains;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.Arrays;
import org.junit.jupiter.api.Test;

class NamedArrayTest {

  @Test
  void keepsTypeShapeAndValues() {
    float[] values = {1, 2, 3, 4, 5, 6};
    NamedArray array = NamedArray.of(values, 2, 3);
    assertEquals(NamedArray.Type.F32, array.type());
    assertArrayEquals(new long[] {2, 3}, array.shape());
    assertEquals(6, array.length());
    assertSame(values, array.floats());
    assertEquals("F32[2, 3]", array.toString());
  }

  @Test
  void arraysWithoutDimensionsAreScalars() {
    assertEquals(7, NamedArray.of(new long[] {7}).longs()[0]);
    assertEquals(0, NamedArray.of(new double[] {0.5}).shape().length);
  }

  @Test
  void emptyArraysHaveADimensionOfZero() {
    assertEquals(0, NamedArray.of(new int[0], 3, 0, 5).length());
    assertThrows(IllegalArgumentException.class, () -> NamedArray.of(new int[0]));
  }

  @Test
  void theShapeIsCopied() {
    long[] shape = {2};
    NamedArray array = NamedArray.of(new float[2], shape);
    shape[0] = 9;
    array.shape()[0] = 9;
    assertArrayEquals(new long[] {2}, array.shape());
  }

  @Test
  void invalidShapesAreRejected() {
    assertMessageContains(
        assertThrows(IllegalArgumentException.class, () -> NamedArray.of(new float[5], 2, 3)),
        "5 values",
        "[2, 3]",
        "whose product is the number of values");
    assertThrows(IllegalArgumentException.class, () -> NamedArray.of(new float[6], -2, -3));
    // 2^64 values, which overflow to 0 in a long.
    assertThrows(
        IllegalArgumentException.class, () -> NamedArray.of(new float[0], 1L << 32, 1L << 32));
    assertThrows(
        IllegalArgumentException.class,
        () -> NamedArray.of(new float[0], Long.MAX_VALUE, Long.MAX_VALUE));
    long[] deep = new long[33];
    Arrays.fill(deep, 1);
    assertMessageContains(
        assertThrows(IllegalArgumentException.class, () -> NamedArray.of(new float[1], deep)),
        "at most 32");
  }

  @Test
  void valuesOfADifferentTypeAreRejected() {
    NamedArray array = NamedArray.of(new float[6], 2, 3);
    assertMessageContains(
        assertThrows(IllegalStateException.class, array::doubles), "expected", "F64", "F32[2, 3]");
    assertThrows(IllegalStateException.class, array::ints);
    assertThrows(IllegalStateException.class, array::longs);
    assertThrows(IllegalStateException.class, () -> NamedArray.of(new int[] {1}).floats());
  }

  @Test
  void equalityComparesTypeShapeAndValues() {
    NamedArray array = NamedArray.of(new float[] {1, 2}, 2);
    assertEquals(array, NamedArray.of(new float[] {1, 2}, 2));
    assertEquals(array.hashCode(), NamedArray.of(new float[] {1, 2}, 2).hashCode());
    assertNotEquals(array, NamedArray.of(new float[] {1, 3}, 2));
    assertNotEquals(array, NamedArray.of(new float[] {1, 2}, 1, 2));
    assertNotEquals(array, NamedArray.of(new double[] {1, 2}, 2));
    assertNotEquals(NamedArray.of(new float[] {0f}), NamedArray.of(new float[] {-0f}));
  }
}
