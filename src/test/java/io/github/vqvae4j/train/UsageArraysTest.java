package io.github.vqvae4j.train;

import static io.github.vqvae4j.io.ErrorText.assertMessageContains;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.github.vqvae4j.metrics.CodeUsage;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The usage of codes in checkpoints. */
class UsageArraysTest {
  @Test
  void batchesAreRestored() {
    List<CodeUsage> batches =
        List.of(CodeUsage.of(new int[] {0, 3, 3}, 5), CodeUsage.of(new int[] {4, -1, 1}, 5));
    List<CodeUsage> restored = UsageArrays.batches(UsageArrays.of(batches, 5));
    assertEquals(2, restored.size());
    assertArrayEquals(new long[] {1, 0, 0, 2, 0}, restored.get(0).counts());
    assertArrayEquals(new long[] {0, 1, 0, 0, 1}, restored.get(1).counts());
  }

  /** 100 times these codes are more than an int can count. */
  @Test
  void codebooksThatAreTooLargeAreNamed() {
    int codes = 1_000_000_000;
    assertMessageContains(
        assertThrows(
            IllegalStateException.class,
            () -> UsageArrays.of(Collections.nCopies(100, CodeUsage.empty(codes)), codes)),
        "in 100 steps, too much for a codebook of 1000000000 codes",
        "use fewer codes");
  }
}
