package io.github.vqvae4j.parallel;

/** Starts virtual threads, on JDK 21 and later. */
public final class VirtualThreads {
  private VirtualThreads() {}

  /** Runs a task on a new virtual thread. */
  public static void start(Runnable task) throws ReflectiveOperationException {
    Thread.class.getMethod("startVirtualThread", Runnable.class).invoke(null, task);
  }
}
