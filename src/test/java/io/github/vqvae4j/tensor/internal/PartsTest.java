package io.github.vqvae4j.tensor.internal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.github.vqvae4j.memory.InsufficientMemoryException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class PartsTest {
  @Test
  void aThreadFreesWhatItKeepsIfAnotherOneRanOutOfMemoryForIt() {
    AtomicInteger freed = new AtomicInteger();
    KeptMemory.whenReleased(freed::incrementAndGet);
    KeptMemory.stepOpened();
    try {
      assertThrows(
          InsufficientMemoryException.class, () -> Parts.run(1, 1, (part, from, to) -> runOut()));
      assertEquals(0, freed.get());
    } finally {
      KeptMemory.stepClosed();
    }
    assertEquals(1, freed.get());
  }

  private static void runOut() {
    try {
      CompletableFuture.runAsync(
              () -> {
                throw MemoryLimits.outsideHeap(1, "a test", null);
              })
          .join();
    } catch (CompletionException e) {
      throw (InsufficientMemoryException) e.getCause();
    }
  }
}
