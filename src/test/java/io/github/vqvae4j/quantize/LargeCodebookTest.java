package io.github.vqvae4j.quantize;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.vqvae4j.quantize.VectorQuantizerConfig.Initialization;
import io.github.vqvae4j.random.Rng;
import io.github.vqvae4j.random.RngKey;
import io.github.vqvae4j.tensor.StateUpdates;
import io.github.vqvae4j.tensor.Step;
import io.github.vqvae4j.tensor.Tensor;
import io.github.vqvae4j.tensor.Variable;
import java.lang.management.ManagementFactory;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

/**
 * The memory of a pass and of an update with 262,144 codes of dimension 64. One copy of all vectors
 * would take 67 MB in float and 134 MB in double.
 */
class LargeCodebookTest {
  private static final int K = 1 << 18;
  private static final int D = 64;

  /** Several arrays [K], but no array [K, D]. */
  private static final long MAX_BYTES = 24 << 20;

  private static final com.sun.management.ThreadMXBean THREADS =
      (com.sun.management.ThreadMXBean) ManagementFactory.getThreadMXBean();

  private static long allocated() {
    return THREADS.getThreadAllocatedBytes(Thread.currentThread().getId());
  }

  @Test
  void memoryOfStatisticsIsThatOfSelectedCodes() {
    try (VectorQuantizer quantizer =
        VectorQuantizer.ema(K, D).init(Initialization.SMALL_UNIFORM).build(new Rng(1))) {
      Variable codebook = quantizer.variables().get("codebook");
      for (int step = 0; step < 3; step++) {
        StateUpdates first = pass(quantizer, step, 0);
        StateUpdates second = pass(quantizer, step, 16);
        long before = allocated();
        first.merge(second).run();
        long bytes = allocated() - before;
        assertTrue(bytes < MAX_BYTES, "step " + step + ": the update took " + bytes + " bytes");
      }
      assertEquals(3, codebook.replacementCount(), "steps with restarts");
    }
  }

  private static StateUpdates pass(VectorQuantizer quantizer, int step, int first) {
    float[] latents = new float[16 * 4 * D];
    Rng rng = new Rng(step + 100 * first);
    for (int i = 0; i < latents.length; i++) {
      latents[i] = (float) rng.nextGaussian();
    }
    long inference;
    try (Step pass = Step.inference()) {
      quantizer.quantize(pass.tensor(latents, 16, 2, 2, D));
      inference = pass.bytes();
    }
    try (Step pass = Step.training(new RngKey(3, step, first))) {
      Tensor x = pass.tensor(latents, 16, 2, 2, D);
      long start = allocated();
      quantizer.encode(x); // the search copies the codebook
      long searched = allocated();
      quantizer.quantize(x);
      StateUpdates updates = pass.drainCommits();
      long bytes = allocated() - searched - (searched - start);
      assertTrue(bytes < MAX_BYTES, "step " + step + ": statistics took " + bytes + " bytes");
      long offHeap = pass.bytes() - inference;
      assertTrue(offHeap < 1 << 20, "step " + step + ": statistics took " + offHeap + " off-heap");
      return updates;
    }
  }

  /** The codebook changes in the rows of restarted codes only. */
  @Test
  void restartsDoNotCopyTheCodebook() {
    try (VectorQuantizer quantizer =
        VectorQuantizer.gradient(K, D).init(Initialization.SMALL_UNIFORM).build(new Rng(1))) {
      float[] before = quantizer.codebook();
      pass(quantizer, 0, 0).merge(pass(quantizer, 0, 16)).run();
      float[] after = quantizer.codebook();
      int changed = 0;
      for (int i = 0; i < before.length; i += D) {
        changed += Arrays.equals(before, i, i + D, after, i, i + D) ? 0 : 1;
      }
      assertEquals(2 * 16 * 4, changed, "every latent restarts a code");
    }
  }
}
