package io.github.vqvae4j.model;

import static io.github.vqvae4j.io.ErrorText.assertMessageContains;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import org.junit.jupiter.api.Test;

class LatentsTest {
  private static final Latents TWO = Latents.of(new float[] {1, 2, 3, 5, 8, 13}, 2, 3);
  private static final Latents ONE = Latents.of(new float[] {10, 20, 30}, 1, 3);

  @Test
  void singleLatentIsAddedToEach() {
    assertEquals(Latents.of(new float[] {11, 22, 33, 15, 28, 43}, 2, 3), TWO.plus(ONE));
    assertEquals(Latents.of(new float[] {-9, -18, -27, -5, -12, -17}, 2, 3), TWO.minus(ONE));
    assertEquals(Latents.of(new float[6], 2, 3), TWO.minus(TWO));
    assertEquals(Latents.of(new float[] {3, 5, 8}, 1, 3), TWO.mean());
    assertEquals(Latents.of(new float[] {5, 10, 15}, 1, 3), ONE.times(0.5));
  }

  @Test
  void interpolationIsLinearAndIncludesBothEnds() {
    Latents line = Latents.interpolate(TWO.range(0, 1), TWO.range(1, 2), 3);
    assertEquals(Latents.of(new float[] {1, 2, 3, 3, 5, 8, 5, 8, 13}, 3, 3), line);
    assertArrayEquals(new int[] {3, 3}, line.shape());
  }

  @Test
  void latentsAreImmutableValues() {
    float[] values = {1, 2};
    Latents latents = Latents.of(values, 1, 2);
    values[0] = 9;
    latents.values()[1] = 9;
    latents.shape()[0] = 9;
    assertEquals(Latents.of(new float[] {1, 2}, 1, 2), latents);
    assertEquals(Latents.of(new float[] {1, 2}, 1, 2).hashCode(), latents.hashCode());
    assertNotEquals(Latents.of(new float[] {1, 2}, 2, 1), latents);
    assertEquals("Latents[1, 2]", latents.toString());
  }

  @Test
  void mismatchedShapesAreRejected() {
    assertMessageContains(
        assertThrows(IllegalArgumentException.class, () -> Latents.of(new float[5], 2, 3)),
        "[2, 3]",
        "5 values");
    assertThrows(IllegalArgumentException.class, () -> Latents.of(new float[0], 0, 3));
    assertThrows(IllegalArgumentException.class, () -> Latents.of(new float[6], -2, -3));
    assertThrows(IllegalArgumentException.class, () -> Latents.of(new float[3], 3));
    assertMessageContains(
        assertThrows(IllegalArgumentException.class, () -> ONE.plus(TWO)),
        "Latents.plus",
        "Latents[1, 3]",
        "Latents[2, 3]",
        "mean()");
    assertMessageContains(
        assertThrows(
            IllegalArgumentException.class, () -> TWO.minus(Latents.of(new float[2], 1, 2))),
        "Latents.minus",
        "got Latents[1, 2]");
    assertMessageContains(
        assertThrows(IllegalArgumentException.class, () -> TWO.range(1, 3)), "<= 2", "to 3");
    assertMessageContains(
        assertThrows(IllegalArgumentException.class, () -> Latents.interpolate(ONE, TWO, 4)),
        "two single latents",
        "range(i, i + 1)");
    assertMessageContains(
        assertThrows(IllegalArgumentException.class, () -> Latents.interpolate(ONE, ONE, 1)),
        "at least 2",
        "and a count of 1");
  }
}
