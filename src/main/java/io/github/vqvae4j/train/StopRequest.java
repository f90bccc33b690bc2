package io.github.vqvae4j.train;

import java.util.Arrays;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Whether a run is asked to end after its running step: because the process shall end (Ctrl-C,
 * SIGTERM), or the thread that trains was interrupted. Open for the time of a run, on its thread;
 * until it is closed the process waits, at most a minute.
 */
final class StopRequest implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(StopRequest.class);
  private static final int PATIENCE_SECONDS = 60;

  private final Thread trainer = Thread.currentThread();
  private final CountDownLatch over = new CountDownLatch(1);
  private final Thread hook = new Thread(this::await, "vqvae4j-stop");
  private volatile boolean asked;
  private boolean interrupted;

  StopRequest() {
    try {
      Runtime.getRuntime().addShutdownHook(hook);
    } catch (IllegalStateException e) {
      // The process is already ending.
      asked = true;
    }
  }

  /** Runs when the process shall end; it ends when this returns. */
  private void await() {
    asked = true;
    try {
      for (int second = 0; second < PATIENCE_SECONDS; second++) {
        if (over.await(1, TimeUnit.SECONDS) || trainerExits()) {
          return;
        }
        if (second == PATIENCE_SECONDS / 2) {
          // A listener may wait for something that waits for the end of the process.
          trainer.interrupt();
        }
      }
      LOG.warn(
          "A training step or a listener has not ended for {} seconds; the process ends without"
              + " writing the model once more. A run folder has it as it was written last.",
          PATIENCE_SECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** A listener that calls System.exit waits for this hook: no step of its run will end. */
  private boolean trainerExits() {
    return Arrays.stream(trainer.getStackTrace())
        .anyMatch(frame -> frame.getClassName().equals("java.lang.Shutdown"));
  }

  /**
   * Whether the run shall end. The thread's interrupt is kept here until {@link #close}, so that
   * listeners can still write to channels, which an interrupted thread would close.
   */
  boolean asked() {
    if (Thread.interrupted()) {
      interrupted = true;
      asked = true;
    }
    return asked;
  }

  @Override
  public void close() {
    over.countDown();
    try {
      Runtime.getRuntime().removeShutdownHook(hook);
    } catch (IllegalStateException e) {
      // The process is ending, and the hook was what it waited for.
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }
}
