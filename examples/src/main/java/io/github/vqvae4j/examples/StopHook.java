package io.github.vqvae4j.examples;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.IntSupplier;

/**
 * On Ctrl-C, asks a program to stop, and lets the process exit when it has, or after a time limit.
 */
final class StopHook implements AutoCloseable {
  private final Runnable request;
  private final IntSupplier seconds;
  private final Runnable last;
  private final CountDownLatch finished = new CountDownLatch(1);
  private final Thread hook = new Thread(this::stop, "stop");

  /**
   * Installs the hook until it is closed.
   *
   * @param request asks the program to stop
   * @param seconds the time limit, asked for after the request
   * @param last runs at the end, before the process exits
   */
  StopHook(Runnable request, IntSupplier seconds, Runnable last) {
    this.request = request;
    this.seconds = seconds;
    this.last = last;
    Runtime.getRuntime().addShutdownHook(hook);
  }

  /** Runs on shutdown. The process exits when this method returns. */
  private void stop() {
    request.run();
    try {
      finished.await(seconds.getAsInt(), TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    last.run();
  }

  /** The program has stopped. */
  @Override
  public void close() {
    finished.countDown();
    try {
      Runtime.getRuntime().removeShutdownHook(hook);
    } catch (IllegalStateException e) {
      // The process is already exiting, and the hook is running.
    }
  }
}
