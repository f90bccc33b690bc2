package io.github.vqvae4j.examples;

import io.github.vqvae4j.train.StepReport;
import io.github.vqvae4j.train.TrainingListener;
import java.io.PrintWriter;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * Ctrl-C: lets a run stop between two steps or two files, so that no file is cut in the middle, and
 * says what there is.
 */
final class Interruption implements TrainingListener, AutoCloseable {
  private static final int PATIENCE_SECONDS = 3;

  /** Ends a run that was asked to stop. */
  static final class StoppedException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    StoppedException() {
      super("stopped");
    }
  }

  private final OutputFolder folder;
  private final PrintWriter out;
  private final CountDownLatch over = new CountDownLatch(1);
  private final Thread hook = new Thread(this::stop, "stop");
  private volatile boolean asked;

  Interruption(OutputFolder folder, PrintWriter out) {
    this.folder = folder;
    this.out = out;
    Runtime.getRuntime().addShutdownHook(hook);
  }

  /** Runs when the process is asked to end; it ends when this returns. */
  private void stop() {
    asked = true;
    try {
      over.await(PATIENCE_SECONDS, TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    folder.close();
    out.println("Stopped; " + folder.summary() + ".");
    out.flush();
  }

  /**
   * A place where it is safe to stop.
   *
   * @throws StoppedException if that was asked for
   */
  void check() {
    if (asked) {
      throw new StoppedException();
    }
  }

  @Override
  public void onStep(StepReport report) {
    check();
  }

  @Override
  public void close() {
    over.countDown();
    try {
      Runtime.getRuntime().removeShutdownHook(hook);
    } catch (IllegalStateException e) {
      // The process is already ending, and the hook has the last word.
    }
  }
}
