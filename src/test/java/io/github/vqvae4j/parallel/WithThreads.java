package io.github.vqvae4j.parallel;

/** Changes the number of threads during a test. */
public final class WithThreads implements AutoCloseable {
  private final int before = Threads.count();

  /** Sets the number of threads until this is closed. */
  public WithThreads(int n) {
    Threads.set(n);
  }

  /** Runs work with another number of threads. */
  public static void run(int threads, Runnable work) {
    WithThreads set = new WithThreads(threads);
    try {
      work.run();
    } finally {
      set.close();
    }
  }

  @Override
  public void close() {
    Threads.set(before);
  }
}
