package io.github.vqvae4j.tensor.internal;

import io.github.vqvae4j.memory.InsufficientMemoryException;
import java.util.concurrent.ForkJoinPool;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.IntStream;

/**
 * Work shared out among the threads of the common pool and the caller, in contiguous parts that
 * depend on nothing but its size and the number of threads, so that sums come out the same each
 * time.
 */
final class Parts {
  /** As many parts as can run at once. */
  private static final int MOST =
      Math.min(
          Runtime.getRuntime().availableProcessors(), ForkJoinPool.getCommonPoolParallelism() + 1);

  /** Multiplications that are worth waking a thread for. */
  private static final long WORTH = 1L << 20;

  /** Part number {@code part} of the work: what lies between two indices. */
  @FunctionalInterface
  interface Work {
    void run(int part, int from, int to);
  }

  private Parts() {}

  /**
   * Into how many parts some work is split.
   *
   * @param items how many things there are to do
   * @param multiplications in all of them
   */
  static int of(int items, long multiplications) {
    return (int) Math.max(1, Math.min(multiplications / WORTH, Math.min(items, MOST)));
  }

  /**
   * Runs all parts and returns when they are done, or throws what the first one threw when all have
   * ended: none may go on with memory that the caller then gives back.
   */
  static void run(int parts, int items, Work work) {
    if (parts == 1) {
      // At once: the pool would take microseconds.
      try {
        work.run(0, 0, items);
      } catch (InsufficientMemoryException e) {
        KeptMemory.freeOnClose();
        throw e;
      }
      return;
    }
    AtomicReference<Throwable> failure = new AtomicReference<>();
    IntStream.range(0, parts)
        .parallel()
        .forEach(
            part -> {
              try {
                work.run(
                    part,
                    (int) ((long) items * part / parts),
                    (int) ((long) items * (part + 1) / parts));
              } catch (RuntimeException | Error e) {
                failure.compareAndSet(null, e);
              }
            });
    if (failure.get() instanceof InsufficientMemoryException) {
      // Another thread may have run out of memory; the step is of this one.
      KeptMemory.freeOnClose();
    }
    if (failure.get() instanceof Error error) {
      throw error;
    }
    if (failure.get() instanceof RuntimeException exception) {
      throw exception;
    }
  }
}
