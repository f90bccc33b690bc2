package io.github.vqvae4j.tensor.internal;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertSame;

import io.github.vqvae4j.tensor.DType;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.nd4j.linalg.api.ndarray.INDArray;

/** The memory of a step: which slots arrays lie in, and when a slot is another's. */
class ArenaTest {
  private static final DType FLOAT = DType.FLOAT;

  private static long address(INDArray array) {
    return array.data().pointer().address();
  }

  @Test
  void slotsAreAlignedAndDoNotOverlap() {
    Arena arena = Arena.take();
    List<INDArray> arrays = new ArrayList<>();
    for (int i = 1; i < 50; i++) {
      DType dtype = i % 2 == 0 ? FLOAT : DType.DOUBLE;
      INDArray array = arena.allocate(dtype, i % 7 + 1, i);
      assertEquals(0, address(array) % 64);
      HeapCopy.write(filled((int) array.length(), i), array);
      arrays.add(array);
    }
    for (int i = 1; i < 50; i++) {
      INDArray array = arrays.get(i - 1);
      assertArrayEquals(filled((int) array.length(), i), HeapCopy.doublesOf(array));
    }
    arena.giveBack();
  }

  private static double[] filled(int length, double number) {
    double[] numbers = new double[length];
    Arrays.fill(numbers, number);
    return numbers;
  }

  @Test
  void aStepThatRepeatsTheLastOnesAllocationsGetsTheSameObjects() {
    Arena arena = Arena.take();
    INDArray first = arena.allocate(FLOAT, 3, 5);
    INDArray view = arena.view(first, FLOAT, 15);
    arena.giveBack();
    Arena again = Arena.take();
    assertSame(arena, again);
    assertSame(first, again.allocate(FLOAT, 3, 5));
    assertSame(view, again.view(first, FLOAT, 15));
    again.giveBack();
  }

  @Test
  void arenasInUseAtOnceAreNotTheSame() {
    Arena outer = Arena.take();
    Arena inner = Arena.take();
    assertNotSame(outer, inner);
    inner.giveBack();
    outer.giveBack();
  }

  @Test
  void aReleasedSlotIsTheNextOneOfItsSize() {
    Arena arena = Arena.take();
    INDArray released = arena.allocate(FLOAT, 4, 8);
    arena.release(arena.view(released, FLOAT, 32), FLOAT);
    assertNotEquals(address(released), address(arena.allocate(FLOAT, 33)), "33 do not fit");
    assertEquals(address(released), address(arena.allocate(DType.DOUBLE, 16)), "as many bytes");
    assertNotEquals(address(released), address(arena.allocate(FLOAT, 32)), "it is taken again");
    arena.giveBack();
  }

  @Test
  void whatWasReleasedIsForgottenAtTheEnd() {
    Arena arena = Arena.take();
    INDArray first = arena.allocate(FLOAT, 16);
    arena.release(first, FLOAT);
    arena.giveBack();
    Arena again = Arena.take();
    INDArray one = again.allocate(FLOAT, 16);
    INDArray other = again.allocate(FLOAT, 16);
    assertNotEquals(address(one), address(other));
    again.giveBack();
  }

  @Test
  void anArrayMayBeLargerThanABlock() {
    Arena arena = Arena.take();
    INDArray small = arena.allocate(FLOAT, 5);
    INDArray large = arena.allocate(FLOAT, 5 << 20);
    HeapCopy.write(filled(5, 1), small);
    HeapCopy.write(filled(5 << 20, 2), large);
    assertArrayEquals(filled(5, 1), HeapCopy.doublesOf(small));
    arena.giveBack();
  }

  @Test
  void aPartLiesWithinAnArray() {
    Arena arena = Arena.take();
    INDArray array = arena.allocate(FLOAT, 3, 2);
    HeapCopy.write(new double[] {1, 2, 3, 4, 5, 6}, array);
    INDArray part = arena.part(array, 2, FLOAT, 2, 2);
    assertArrayEquals(new double[] {3, 4, 5, 6}, HeapCopy.doublesOf(part));
    arena.giveBack();
  }

  @Test
  void theCallersDimensionsMayChangeLater() {
    Arena arena = Arena.take();
    long[] shape = {2, 1013}; // of no other test, whose arrays the arena may still know
    INDArray array = arena.allocate(FLOAT, shape);
    shape[0] = 1;
    assertArrayEquals(new long[] {2, 1013}, array.shape());
    arena.giveBack();
    Arena again = Arena.take();
    assertSame(array, again.allocate(FLOAT, 2, 1013));
    again.giveBack();
  }
}
