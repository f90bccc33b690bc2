package io.github.vqvae4j.examples;

import io.github.vqvae4j.train.StepReport;
import java.io.PrintWriter;
import java.time.Duration;

/** Prints a line for the first and the lastTime step, and every few seconds. */
final class ProgressLines implements Progress {
  private static final long INTERVAL = Duration.ofSeconds(5).toNanos();

  private final PrintWriter out;
  private long lastTime;

  ProgressLines(PrintWriter out) {
    this.out = out;
  }

  @Override
  public void onStep(StepReport report) {
    long now = System.nanoTime();
    if (report.step() == 1 || report.step() == report.steps() || now - lastTime >= INTERVAL) {
      lastTime = now;
      out.println(report);
    }
  }

  @Override
  public void close() {
    out.flush();
  }
}
