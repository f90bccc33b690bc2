package io.github.vqvae4j.examples;

import io.github.vqvae4j.data.Source;
import io.github.vqvae4j.io.FileNames;
import io.github.vqvae4j.nn.Block;
import io.github.vqvae4j.train.RunFolder;
import io.github.vqvae4j.train.StopReason;
import io.github.vqvae4j.train.Trainer;
import io.github.vqvae4j.train.TrainingReport;
import java.io.PrintWriter;
import java.util.concurrent.CancellationException;

/**
 * Handles Ctrl-C: stops a run between two steps or two files, so that no file is truncated, and
 * prints which results were written.
 */
final class Interruption implements AutoCloseable {
  private static final int TIMEOUT_SECONDS = 3;

  /** The time limit for a trainer to finish its step and save its model. */
  private static final int TRAINING_TIMEOUT_SECONDS = 60;

  /** Ends a run after a stop request. */
  static final class StoppedException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    StoppedException() {
      super("stopped");
    }
  }

  private final OutputFolder folder;
  private final PrintWriter out;
  private final StopHook hook;
  private volatile boolean stopRequested;
  private volatile boolean closed;
  private volatile boolean training;
  private volatile String model = "";

  Interruption(OutputFolder folder, PrintWriter out) {
    this.folder = folder;
    this.out = out;
    hook =
        new StopHook(
            () -> stopRequested = true,
            () -> training ? TRAINING_TIMEOUT_SECONDS : TIMEOUT_SECONDS,
            this::printResults);
  }

  private void printResults() {
    if (closed) { // otherwise the command, which did not stop in time, still writes
      folder.close();
    }
    out.println("Stopped; " + folder.summary() + "." + model);
    if (folder.isResumable()) {
      out.printf(
          "Continue the run with the option %s %s.%n",
          ResumeOption.NAME, FileNames.path(folder.path()));
    }
    out.flush();
  }

  /**
   * Marks a point at which it is safe to stop.
   *
   * @throws StoppedException if a stop was requested
   */
  void check() {
    if (stopRequested) {
      throw new StoppedException();
    }
  }

  /**
   * Trains a model and records the run. After a stop request, the trainer finishes its current
   * step.
   *
   * @throws StoppedException if training was interrupted
   */
  <B> TrainingReport train(Trainer<B> trainer, Source<B> data, RunFolder record, Block trained) {
    training = true;
    try {
      TrainingReport report = trainer.listener(record).fit(data);
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
                          "%nThe latest model is in %s; load it with %s.load(Path.of(\"%1$s\")).",
                          FileNames.path(file), trained.getClass().getSimpleName()))
              .orElse("");
    }
  }

  @Override
  public void close() {
    closed = true;
    hook.close();
  }
}
