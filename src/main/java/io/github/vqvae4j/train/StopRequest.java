package io.github.vqvae4j.train;

import io.github.vqvae4j.log.internal.Log;
import io.github.vqvae4j.parallel.LibraryThread;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.slf4j.Logger;

/**
 * Detects a request to stop a run after the current step: a process shutdown (Ctrl-C, SIGTERM), an
 * interrupt of the training thread, or a call of {@link #stop}. It is opened on the training thread
 * for the duration of a run; the shutdown waits until it is closed, for at most a minute.
 */
final class StopRequest implements AutoCloseable {
  private static final Logger LOG = Log.of(StopRequest.class);
  private static final int TIMEOUT_SECONDS = 60;

  private final Thread trainer = Thread.currentThread();
  private final CountDownLatch closed = new CountDownLatch(1);
  private final Thread hook = new Thread(this::await, "vqvae4j-stop");
  private volatile boolean requested;
  private volatile boolean stopped;
  private boolean interrupted;

  StopRequest() {
    try {
      Runtime.getRuntime().addShutdownHook(hook);
    } catch (IllegalStateException e) {
      // The process is already shutting down.
      requested = true;
    }
  }

  /** The shutdown hook: delays the end of the process until it returns. */
  private void await() {
    requested = true;
    try {
      for (int second = 0; second < TIMEOUT_SECONDS; second++) {
        if (closed.await(1, TimeUnit.SECONDS) || trainerExits()) {
          return;
        }
        if (second == TIMEOUT_SECONDS / 2) {
          // A listener may be blocked by something that waits for the end of the process.
          trainer.interrupt();
        }
      }
      LOG.warn(
          "A training step or listener did not finish within {} seconds. Exiting without saving the"
              + " model again; a run folder contains the last checkpoint.",
          TIMEOUT_SECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** Returns whether a listener or a loss called System.exit, which waits for this hook. */
  private boolean trainerExits() {
    return Thread.getAllStackTraces().entrySet().stream()
        .filter(thread -> thread.getKey() == trainer || thread.getKey() instanceof LibraryThread)
        .flatMap(thread -> Stream.of(thread.getValue()))
        .anyMatch(frame -> frame.getClassName().equals("java.lang.Shutdown"));
  }

  /** Requests the end of the run, from any thread. */
  void stop() {
    stopped = true;
  }

  /**
   * Returns whether the run should stop. On the training thread, clears the thread's interrupt
   * until {@link #close}, so that listeners can still write to channels, which an interrupt would
   * close.
   */
  boolean isRequested() {
    if (Thread.currentThread() == trainer && Thread.interrupted()) {
      interrupted = true;
      requested = true;
    }
    return requested || stopped;
  }

  /** Returns why the run should stop; empty if it should not. */
  Optional<StopReason> reason() {
    if (!isRequested()) {
      return Optional.empty();
    }
    return Optional.of(requested ? StopReason.INTERRUPTED : StopReason.STOPPED);
  }

  @Override
  public void close() {
    closed.countDown();
    try {
      Runtime.getRuntime().removeShutdownHook(hook);
    } catch (IllegalStateException e) {
      // The process is shutting down and waits for this hook, which now returns.
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }
}
