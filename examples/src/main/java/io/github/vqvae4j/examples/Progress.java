package io.github.vqvae4j.examples;

import io.github.vqvae4j.train.TrainingListener;
import java.io.PrintWriter;

/** Displays the progress of training. */
interface Progress extends TrainingListener, AutoCloseable {
  @Override
  void close();

  /**
   * Returns a line that is updated if there is a terminal, and otherwise a plain line every few
   * seconds.
   */
  static Progress on(PrintWriter out, int steps) {
    return Terminal.isInteractive() ? new ProgressOnTerminal(steps) : new ProgressLines(out);
  }
}
