package io.github.vqvae4j.examples;

import io.github.vqvae4j.io.FileNames;
import io.github.vqvae4j.model.ImageModel;
import io.github.vqvae4j.train.RunFolder;
import io.github.vqvae4j.train.StopReason;
import io.github.vqvae4j.train.TrainingReport;
import java.io.PrintWriter;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/**
 * Ctrl-C: lets a run stop between two steps or two files, so that no file is cut in the middle, and
 * says what there is.
 */
final class Interruption implements AutoCloseable {
  private static final int PATIENCE_SECONDS = 3;

  /** As long as a trainer may take to end its step and write its model. */
  private static final int TRAINING_SECONDS = 60;

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
  private volatile boolean training;
  private volatile String model = "";

  Interruption(OutputFolder folder, PrintWriter out) {
    this.folder = folder;
    this.out = out;
    Runtime.getRuntime().addShutdownHook(hook);
  }

  /** Runs when the process is asked to end; it ends when this returns. */
  private void stop() {
    asked = true;
    try {
      over.await(training ? TRAINING_SECONDS : PATIENCE_SECONDS, TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    folder.close();
    out.println("Stopped; " + folder.summary() + "." + model);
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

  /**
   * Trains; a trainer that is asked to stop ends its step.
   *
   * @throws StoppedException if it did
   */
  TrainingReport train(RunFolder record, ImageModel trained, Supplier<TrainingReport> run) {
    training = true;
    try {
      TrainingReport report = run.get();
      if (report.stopReason() == StopReason.INTERRUPTED) {
        throw new StoppedException();
      }
      return report;
    } catch (CancellationException e) {
      throw new StoppedException();
    } finally {
      training = false;
      model =
          record
              .modelFile()
              .map(
                  file ->
                      String.format(
                          "%nThe model so far is in %s; %s.load(Path.of(\"%s\")) reads it.",
                          FileNames.path(file),
                          trained.getClass().getSimpleName(),
                          FileNames.path(file)))
              .orElse("");
    }
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
