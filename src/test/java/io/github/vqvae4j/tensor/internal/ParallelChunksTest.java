package io.github.vqvae4j.tensor.internal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.github.vqvae4j.memory.InsufficientMemoryException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;

/** Errors in parallel loops. */
class ParallelChunksTest {
  @Test
  void cachesAreReleasedWhenAPoolThreadRunsOutOfMemory() {
    AtomicInteger freed = new AtomicInteger();
    ThreadCaches.onRelease(freed::incrementAndGet);
    ThreadCaches.stepOpened();
    try {
      assertThrows(
          InsufficientMemoryException.class,
          () -> ParallelChunks.run(1, 1, (chunk, from, to) -> runOut()));
      assertEquals(0, freed.get());
    } finally {
      ThreadCaches.stepClosed();
    }
    assertEquals(1, freed.get());
  }

  /** A chunk that is still running could write to memory freed by the caller. */
  @Test
  void allChunksEndBeforeAFailureIsThrown() {
    for (int failing = 0; failing < 2; failing++) {
      int failingChunk = failing;
      AtomicInteger running = new AtomicInteger();
      ParallelChunks.Body body =
          (chunk, from, to) -> {
            running.incrementAndGet();
            if (chunk == failingChunk) {
              LockSupport.parkNanos(20_000_000);
              running.decrementAndGet();
              throw new IllegalStateException("chunk " + chunk);
            }
            LockSupport.parkNanos(200_000_000);
            running.decrementAndGet();
          };
      Exception e = assertThrows(IllegalStateException.class, () -> ParallelChunks.run(2, 2, body));
      assertEquals("chunk " + failingChunk, e.getMessage());
      assertEquals(0, running.get());
    }
  }

  private static void runOut() {
    try {
      CompletableFuture.runAsync(
              () -> {
                throw MemoryLimits.insufficientNative(1, "a test", null);
              })
          .join();
    } catch (CompletionException e) {
      throw (InsufficientMemoryException) e.getCause();
    }
  }
}
