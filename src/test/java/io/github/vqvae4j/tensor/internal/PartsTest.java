package io.github.vqvae4j.tensor.internal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.github.vqvae4j.memory.InsufficientMemoryException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
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

  /** One that went on would write to memory which the caller has freed. */
  @Test
  void allPartsHaveEndedWhenOneFailed() {
    for (int failing = 0; failing < 2; failing++) {
      int bad = failing;
      AtomicInteger running = new AtomicInteger();
      Parts.Work work =
          (part, from, to) -> {
            running.incrementAndGet();
            if (part == bad) {
              LockSupport.parkNanos(20_000_000);
              running.decrementAndGet();
              throw new IllegalStateException("part " + part);
            }
            LockSupport.parkNanos(200_000_000);
            running.decrementAndGet();
          };
      Exception e = assertThrows(IllegalStateException.class, () -> Parts.run(2, 2, work));
      assertEquals("part " + bad, e.getMessage());
      assertEquals(0, running.get());
    }
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
