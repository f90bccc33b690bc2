package io.github.vqvae4j.metrics;

import static io.github.vqvae4j.io.ErrorText.assertMessageContains;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import org.junit.jupiter.api.Test;

class CodeUsageTest {
  @Test
  void codebooksHaveAtLeastOneCode() {
    assertThrows(IllegalArgumentException.class, () -> CodeUsage.empty(-5));
    assertThrows(IllegalArgumentException.class, () -> CodeUsage.of(new int[0], 0));
    assertThrows(IllegalArgumentException.class, () -> CodeUsage.ofCounts(new long[0]));
  }

  @Test
  void perplexityIsTheEffectiveNumberOfCodes() {
    assertEquals(0, CodeUsage.empty(4).perplexity());
    assertEquals(1, CodeUsage.of(new int[] {2, 2, 2}, 4).perplexity(), 1e-12);
    assertEquals(4, CodeUsage.of(new int[] {0, 1, 2, 3}, 4).perplexity(), 1e-12);
    double half = Math.exp(0.75 * Math.log(4.0 / 3) + 0.25 * Math.log(4));
    assertEquals(half, CodeUsage.of(new int[] {0, 0, 0, 1}, 4).perplexity(), 1e-12);
  }

  @Test
  void usageOfTwoBatchesIsAdded() {
    CodeUsage sum = CodeUsage.of(new int[] {0, 1}, 3).plus(CodeUsage.of(new int[] {1}, 3));
    assertArrayEquals(new long[] {1, 2, 0}, sum.counts());
    assertEquals(2, sum.codesInUse());
    assertEquals("2 of 3 codes in use, perplexity 1.9", sum.toString());
  }

  /** The counts of each code alone would take 16 GB. */
  @Test
  void largeCodebooksTakeNoMemory() {
    int k = Integer.MAX_VALUE;
    UsageWindow window = new UsageWindow(2, k);
    for (int last : new int[] {5, k - 1, 7}) {
      window.add(CodeUsage.of(new int[] {last, 9, last, -1}, k));
    }
    CodeUsage usage = window.usage();
    assertEquals(k, usage.codebookSize());
    assertEquals(6, usage.total());
    assertEquals(3, usage.codesInUse());
    assertEquals(3, usage.perplexity(), 1e-12);
  }

  @Test
  void missingCodesAreIgnored() {
    CodeUsage usage = CodeUsage.of(new int[] {-1, 0, -1, 2, -1, 2, 0}, 3);
    assertArrayEquals(new long[] {2, 0, 2}, usage.counts());
    assertEquals(2, usage.perplexity(), 1e-12);
    assertEquals(2, usage.codesInUse());
    assertEquals(0, CodeUsage.of(new int[] {-1, -1}, 3).perplexity());
  }

  @Test
  void windowRemovesItsOldestBatch() {
    UsageWindow window = new UsageWindow(2, 3);
    for (int code = 0; code < 3; code++) {
      window.add(CodeUsage.of(new int[] {code, code}, 3));
    }
    assertArrayEquals(new long[] {0, 2, 2}, window.usage().counts());
  }

  @Test
  void invalidArgumentsAreRejected() {
    assertMessageContains(
        assertThrows(IllegalArgumentException.class, () -> CodeUsage.of(new int[] {0, 3}, 3)),
        "codes from 0 to 2",
        "got 3");
    assertThrows(IllegalArgumentException.class, () -> CodeUsage.of(new int[] {-2}, 3));
    assertMessageContains(
        assertThrows(
            IllegalArgumentException.class, () -> CodeUsage.empty(3).plus(CodeUsage.empty(2))),
        "a codebook of 3 codes",
        "got one of 2");
    assertThrows(
        IllegalArgumentException.class, () -> CodeUsage.empty(2).minus(CodeUsage.empty(3)));
    assertMessageContains(
        assertThrows(IllegalArgumentException.class, () -> new UsageWindow(0, 3)),
        "at least 1 batch",
        "got 0");
  }

  @Test
  void psnrOfMse001Is20Decibels() {
    assertEquals(20, Psnr.fromMeanSquaredError(0.01), 1e-12);
  }
}
