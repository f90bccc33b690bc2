package io.github.vqvae4j.examples;

import io.github.vqvae4j.train.StepReport;

/** A progress bar with the metrics of the latest step, in one line of the terminal. */
final class ProgressOnTerminal implements Progress {
  private final int steps;
  private TerminalLine line;
  private volatile StepReport report;

  ProgressOnTerminal(int steps) {
    this.steps = steps;
  }

  /**
   * Creates the line at the first step, after the library's log messages at the start of training.
   */
  @Override
  public void onStep(StepReport newReport) {
    report = newReport;
    if (line == null) {
      line = new TerminalLine(steps, (elapsed, width) -> ProgressLine.of(report, elapsed, width));
    }
    line.stepTo(newReport.step());
  }

  @Override
  public void close() {
    if (line != null) {
      line.close();
    }
  }
}
