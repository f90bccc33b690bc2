package io.github.vqvae4j.train;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;

class SlicesTest {
  @Test
  void slicesCoverEverySize() {
    assertEquals(1, Slices.count(1));
    assertEquals(1, Slices.count(2048));
    assertEquals(2, Slices.count(2049));
    assertEquals(1 << 20, Slices.count(Integer.MAX_VALUE));
    assertEquals((1 << 20) - 1, Slices.count(Integer.MAX_VALUE - 2047));
    assertEquals(3, Slices.zeros(4097).length);
    assertEquals(1, Slices.zeros(4097)[2].length);
  }
}
