package io.github.vqvae4j.parallel;

import java.util.concurrent.Semaphore;

/**
 * Limits how many threads compute results at once, all calls of the process together, to {@link
 * Threads#count}. Threads that wait for a core get one in turn, so that no call waits for the end
 * of another one.
 */
final class Cores {
  private static final Permits FREE = new Permits();

  /** The number of cores, free or taken. */
  private static int count;

  private Cores() {}

  /** A fair semaphore with a variable number of permits. */
  private static final class Permits extends Semaphore {
    private static final long serialVersionUID = 1L;

    Permits() {
      super(0, true);
    }

    void reduce(int n) {
      reducePermits(n);
    }
  }

  /** Sets the number of cores. */
  static synchronized void set(int n) {
    if (n > count) {
      FREE.release(n - count);
    } else {
      FREE.reduce(count - n);
    }
    count = n;
  }

  /** Waits until a core is free, and takes it. */
  static void acquire() {
    FREE.acquireUninterruptibly();
  }

  /** Returns a core that was taken. */
  static void release() {
    FREE.release();
  }
}
