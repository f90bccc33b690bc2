package io.github.vqvae4j.tensor.internal;

import static io.github.vqvae4j.io.ErrorText.assertMessageContains;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.vqvae4j.memory.InsufficientMemoryException;
import io.github.vqvae4j.tensor.ConvOptions;
import io.github.vqvae4j.tensor.DType;
import org.junit.jupiter.api.Test;

/** Sizes beyond 2^31 elements do not overflow. */
class LargeSizesTest {
  private static final long MILLION = 1_000_000;

  @Test
  void patchesOfLongSeriesAreRejected() {
    long[] weight = {1, 9, 64, 64};
    long[] fits = {1, 1, MILLION / 2, 64};
    long[] tooLong = {1, 1, MILLION, 64};
    ConvOptions options = ConvOptions.of(1, 0).stride(1, 1).padding(0, 4);
    assertEquals(1, new Im2Col(DType.FLOAT, fits, weight, fits, options).rowsPerBlock());
    assertMessageContains(
        assertThrows(
            IllegalArgumentException.class,
            () -> new Im2Col(DType.FLOAT, tooLong, weight, tooLong, options)),
        "2^31",
        "2304000000",
        "split the series");
  }

  @Test
  void subPixelConvolutionRequiresImagesThatFitIntoAHeapArray() {
    long[] weight = {4, 4, 7, 8};
    ConvOptions options = ConvOptions.of(2, 1);
    assertTrue(OneDnnSubPixel.supports(new long[] {1, 8_000, 8_000, 8}, weight, options));
    assertFalse(OneDnnSubPixel.supports(new long[] {1, 9_000, 9_000, 8}, weight, options));
    assertFalse(OneDnnSubPixel.supports(new long[] {1, 70_000, 70_000, 8}, weight, options));
  }

  @Test
  void groupCountsDoNotOverflow() {
    assertEquals(2_000_000_000, new ChannelGroups(1_000_000, 1, 2_000, 2_000).meanCount());
    assertThrows(
        ArithmeticException.class, () -> new ChannelGroups(2_000_000, 1, 2_000, 2_000).meanCount());
    assertEquals(
        4_000_000_000_000L, new ChannelGroups(1, 2_000_000_000, 2_000, 1).elementsPerGroup());
  }

  @Test
  void allocationsBeyondTheAddressSpaceAreRejected() {
    Arena arena = Arena.acquire();
    assertThrows(
        InsufficientMemoryException.class,
        () -> arena.allocate(DType.FLOAT, 1L << 31, 1L << 31, 1L << 31));
    arena.recycle();
  }
}
