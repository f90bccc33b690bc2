package io.github.vqvae4j.examples;

import io.github.vqvae4j.train.StepReport;
import me.tongfei.progressbar.ProgressBar;
import me.tongfei.progressbar.ProgressBarBuilder;
import me.tongfei.progressbar.ProgressState;

/** A progress bar with the figures of the last step, in one line of the terminal. */
final class ProgressOnTerminal implements Progress {
  private static final int UPDATE_MILLIS = 200;

  private final int steps;
  private ProgressBar bar;
  private volatile StepReport report;

  ProgressOnTerminal(int steps) {
    this.steps = steps;
  }

  /** The bar begins with the first step, after what the library logs when it starts. */
  @Override
  public void onStep(StepReport newReport) {
    report = newReport;
    if (bar == null) {
      bar =
          new ProgressBarBuilder()
              .setInitialMax(steps)
              .setUpdateIntervalMillis(UPDATE_MILLIS)
              .setConsumer(new TerminalWidth(System.out))
              .setRenderer(this::line)
              .build();
    }
    bar.stepTo(newReport.step());
  }

  /** The line, filled up with blanks over what was there before. */
  private String line(ProgressState state, int width) {
    String line = ProgressLine.of(report, state.getElapsedAfterStart(), width);
    return line + " ".repeat(Math.max(0, width - line.length()));
  }

  @Override
  public void close() {
    if (bar != null) {
      bar.close();
    }
  }
}
