package io.github.vqvae4j.train;

import java.io.IOException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;

/**
 * Writes checkpoints one after the other: in the training thread, or in the background if writing
 * takes more than a hundredth of the time between them. A failure in the background is thrown by
 * the next call.
 */
final class CheckpointQueue {
  /** The part of the time that training waits for checkpoints. */
  private static final int FRACTION = 100;

  private long lastStart = System.nanoTime();
  private volatile long lastDuration;

  /** The write in the background; null if there is none, or its end has been noticed. */
  private FutureTask<Void> current;

  /**
   * Writes a checkpoint, after the one before it.
   *
   * @throws IOException if it cannot be written, or the one before it could not be
   */
  void write(CheckpointWriter.Snapshot snapshot) throws IOException {
    await();
    long now = System.nanoTime();
    boolean inBackground = lastDuration > (now - lastStart) / FRACTION;
    lastStart = now;
    if (inBackground) {
      FutureTask<Void> task =
          new FutureTask<>(
              () -> {
                writeTimed(snapshot);
                return null;
              });
      new Thread(task, "vqvae4j-checkpoint").start();
      current = task; // not before the thread was started, which may fail
    } else {
      writeTimed(snapshot);
    }
  }

  private void writeTimed(CheckpointWriter.Snapshot snapshot) throws IOException {
    long start = System.nanoTime();
    snapshot.write();
    lastDuration = System.nanoTime() - start;
  }

  /** Throws the exception of the last write if it has failed in the background. */
  void check() throws IOException {
    if (current != null && current.isDone()) {
      await();
    }
  }

  /**
   * Waits for the write in the background, also if the thread is interrupted.
   *
   * @throws IOException if it has failed
   */
  void await() throws IOException {
    boolean interrupted = false;
    try {
      while (current != null) {
        FutureTask<Void> waited = current;
        try {
          waited.get();
          current = null;
        } catch (InterruptedException e) {
          interrupted = true;
        } catch (ExecutionException e) {
          current = null;
          throw thrown(e.getCause());
        }
      }
    } finally {
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }

  private static IOException thrown(Throwable failure) {
    if (failure instanceof RuntimeException exception) {
      throw exception;
    }
    if (failure instanceof Error error) {
      throw error;
    }
    return (IOException) failure;
  }
}
