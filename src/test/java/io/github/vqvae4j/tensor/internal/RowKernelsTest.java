package io.github.vqvae4j.tensor.internal;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;

/** Where elements lie whose number an int cannot count. */
class RowKernelsTest {
  @Test
  void placesBeyondTwoToThe31AreCountedInLong() {
    assertEquals(262_143L * 16_384 + 16_383, RowKernels.place(262_143, 16_384, 16_383));
    assertEquals(
        Integer.MAX_VALUE * 3L + 2, RowKernels.place(Integer.MAX_VALUE, 3, 2), "above 2^31");
  }
}
