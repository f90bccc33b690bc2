package io.github.vqvae4j.examples;

import io.github.vqvae4j.train.TrainingListener;
import java.io.PrintWriter;

/** Shows how far a training run is. */
interface Progress extends TrainingListener, AutoCloseable {
  @Override
  void close();

  /** One line that is updated on a terminal, else a plain line every few seconds. */
  static Progress on(PrintWriter out, int steps) {
    return Terminal.isThere() ? new ProgressOnTerminal(steps) : new ProgressLines(out);
  }
}
