package io.github.vqvae4j.tensor;

import static io.github.vqvae4j.io.ErrorText.assertSays;
import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertThrows;

import org.junit.jupiter.api.Test;

/** Tables too large for the arithmetic of row lookup are refused, not read at wrong places. */
class RowsSizeTest {
  @Test
  void sizesFrom2To31OnAreRefused() {
    assertDoesNotThrow(() -> Rows.checkSize(Integer.MAX_VALUE));
    assertSays(
        assertThrows(IllegalArgumentException.class, () -> Rows.checkSize(1L << 31)),
        "2^31",
        "2147483648",
        "fewer rows");
  }
}
