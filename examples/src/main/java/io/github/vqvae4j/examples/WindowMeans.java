package io.github.vqvae4j.examples;

import io.github.vqvae4j.train.StepReport;
import io.github.vqvae4j.train.TermReport;
import io.github.vqvae4j.train.TrainingListener;
import io.github.vqvae4j.train.TrainingRun;
import java.util.ArrayList;
import java.util.List;

/** Averages the metrics of a run over windows of a fixed number of steps. */
final class WindowMeans implements TrainingListener {
  private final int window;
  private final List<CurvePoint> points = new ArrayList<>();
  private double errorSum;
  private double perplexitySum;

  WindowMeans(int window) {
    this.window = window;
  }

  @Override
  public void onStep(TrainingRun run, StepReport report) {
    // The weight of the reconstruction term is 1 / variance.
    TermReport error = report.terms().get(0);
    errorSum += error.value() * error.weight();
    perplexitySum += report.batchUsage().get(0).usage().perplexity();
    if (report.step() % window == 0) {
      points.add(new CurvePoint(report.step(), errorSum / window, perplexitySum / window));
      errorSum = 0;
      perplexitySum = 0;
    }
  }

  /** Returns one point per complete window. */
  List<CurvePoint> points() {
    return List.copyOf(points);
  }
}
