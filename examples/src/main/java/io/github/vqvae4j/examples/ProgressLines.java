package io.github.vqvae4j.examples;

import io.github.vqvae4j.train.StepReport;
import java.io.PrintWriter;
import java.time.Duration;

/** The first step, the last, and one every few seconds, each as a line of its own. */
final class ProgressLines implements Progress {
  private static final long INTERVAL = Duration.ofSeconds(5).toNanos();

  private final PrintWriter out;
  private long last;

  ProgressLines(PrintWriter out) {
    this.out = out;
  }

  @Override
  public void onStep(StepReport report) {
    long now = System.nanoTime();
    if (report.step() == 1 || report.step() == report.steps() || now - last >= INTERVAL) {
      last = now;
      out.println(report);
    }
  }

  @Override
  public void close() {
    out.flush();
  }
}
