package io.github.vqvae4j.tensor.internal;

import io.github.vqvae4j.memory.InsufficientMemoryException;
import io.github.vqvae4j.parallel.ThreadPool;

/**
 * Loops over contiguous chunks, on the calling thread and idle threads of the library's pool. The
 * chunks depend only on the amount of work, so results do not depend on the number of threads.
 */
final class ParallelChunks {
  private static final int MAX_CHUNKS = 16;

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
   * Runs all chunks and waits for them. If chunks fail, the exception of the first one is thrown
   * after all have ended, so none still uses memory that the caller then releases.
   */
  static void run(int chunks, int items, Body body) {
    try {
      if (chunks == 1) {
        body.run(0, 0, items);
      } else {
        ThreadPool.run(
            chunks,
            NativeThreads.max(),
            chunk ->
                body.run(
                    chunk,
                    (int) ((long) items * chunk / chunks),
                    (int) ((long) items * (chunk + 1) / chunks)));
      }
    } catch (InsufficientMemoryException e) {
      // A pool thread may have run out of memory, but the step belongs to this thread.
      ThreadCaches.releaseWhenIdle();
      throw e;
    }
  }
}
