package io.github.vqvae4j.tensor.internal;

import java.lang.ref.WeakReference;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.atomic.AtomicLong;

/**
 * The open steps of all threads, and reads outside of steps. The memory of a variable that is
 * closed is freed when those that were open by then, and may use it, have been closed.
 */
public final class OpenSteps {
  private static final AtomicLong LAST = new AtomicLong();

  /** The open steps by number. One that is never closed is garbage-collected. */
  private static final ConcurrentSkipListMap<Long, WeakReference<Object>> OPEN =
      new ConcurrentSkipListMap<>();

  private static final Queue<Unused> WAITING = new ConcurrentLinkedQueue<>();

  /** Memory to be freed once the steps up to a number are closed. */
  private record Unused(long lastStep, Runnable free) {}

  private OpenSteps() {}

  /**
   * Adds a step, before it reads a variable.
   *
   * @param step the step
   * @return its number, for {@link #remove}
   */
  public static long add(Object step) {
    long number = LAST.incrementAndGet();
    OPEN.put(number, new WeakReference<>(step));
    return number;
  }

  /** Removes a step that is closed, and frees memory that was waiting for it. */
  public static void remove(long number) {
    OPEN.remove(number);
    if (!WAITING.isEmpty()) {
      freeUnused();
    }
  }

  /**
   * Frees memory that later steps cannot reach, at the latest when all steps that are open now have
   * been closed.
   *
   * @param free frees the memory
   */
  public static void free(Runnable free) {
    WAITING.add(new Unused(LAST.get(), free));
    freeUnused();
  }

  private static void freeUnused() {
    for (Unused unused : WAITING) {
      // A step that uses the memory was open before the memory was added. Steps that are looked at
      // only now therefore include it; those that were open at the start of this loop might not.
      if (unused.lastStep < oldest() && WAITING.remove(unused)) {
        unused.free.run();
      }
    }
  }

  private static long oldest() {
    for (Map.Entry<Long, WeakReference<Object>> step : OPEN.entrySet()) {
      if (step.getValue().get() != null) {
        return step.getKey();
      }
      OPEN.remove(step.getKey());
    }
    return Long.MAX_VALUE;
  }
}
