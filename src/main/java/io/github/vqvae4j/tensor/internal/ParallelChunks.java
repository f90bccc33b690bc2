package io.github.vqvae4j.tensor.internal;

import io.github.vqvae4j.memory.InsufficientMemoryException;
import java.util.concurrent.ForkJoinPool;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.IntStream;

/**
 * Parallel loops over contiguous chunks on the calling thread and the common pool. The chunks
 * depend only on the amount of work and the number of threads, so floating-point sums are
 * reproducible.
 */
final class ParallelChunks {
  /** The maximum number of chunks: the number of threads that can run simultaneously. */
  private static final int MAX_CHUNKS =
      Math.min(
          Runtime.getRuntime().availableProcessors(), ForkJoinPool.getCommonPoolParallelism() + 1);

  /**
   * The minimum number of multiplications per chunk, which outweighs the cost of waking a thread.
   */
  private static final long MIN_COST = 1L << 20;

  /** Processes the items of one chunk, from {@code from} (inclusive) to {@code to} (exclusive). */
  @FunctionalInterface
  interface Body {
    void run(int chunk, int from, int to);
  }

  private ParallelChunks() {}

  /**
   * Returns the number of chunks for an amount of work.
   *
   * @param items the number of items
   * @param multiplications the total cost of all items, in multiplications
   */
  static int count(int items, long multiplications) {
    return (int) Math.max(1, Math.min(multiplications / MIN_COST, Math.min(items, MAX_CHUNKS)));
  }

  /**
   * Runs all chunks and waits for them. If a chunk fails, the first exception is thrown after all
   * chunks have ended, so none still uses memory that the caller then releases.
   */
  static void run(int chunks, int items, Body body) {
    if (chunks == 1) {
      // On the calling thread: the pool would take microseconds.
      try {
        body.run(0, 0, items);
      } catch (InsufficientMemoryException e) {
        ThreadCaches.releaseWhenIdle();
        throw e;
      }
      return;
    }
    AtomicReference<Throwable> failure = new AtomicReference<>();
    IntStream.range(0, chunks)
        .parallel()
        .forEach(
            chunk -> {
              try {
                body.run(
                    chunk,
                    (int) ((long) items * chunk / chunks),
                    (int) ((long) items * (chunk + 1) / chunks));
              } catch (RuntimeException | Error e) {
                failure.compareAndSet(null, e);
              }
            });
    if (failure.get() instanceof InsufficientMemoryException) {
      // A pool thread may have run out of memory, but the step belongs to this thread.
      ThreadCaches.releaseWhenIdle();
    }
    if (failure.get() instanceof Error error) {
      throw error;
    }
    if (failure.get() instanceof RuntimeException exception) {
      throw exception;
    }
  }
}
