package io.github.vqvae4j.examples;

import io.github.vqvae4j.train.StepReport;
import io.github.vqvae4j.train.TermReport;
import io.github.vqvae4j.train.TrainingListener;
import java.util.ArrayList;
import java.util.List;

/** Means of a run's figures over windows of so many steps each. */
final class WindowMeans implements TrainingListener {
  private final int window;
  private final List<CurvePoint> points = new ArrayList<>();
  private double errors;
  private double perplexities;

  WindowMeans(int window) {
    this.window = window;
  }

  @Override
  public void onStep(StepReport report) {
    // The weight of the reconstruction term is 1 / variance.
    TermReport error = report.terms().get(0);
    errors += error.value() * error.weight();
    perplexities += report.batchUsage().perplexity();
    if (report.step() % window == 0) {
      points.add(new CurvePoint(report.step(), errors / window, perplexities / window));
      errors = 0;
      perplexities = 0;
    }
  }

  /** One for each window that is complete. */
  List<CurvePoint> points() {
    return List.copyOf(points);
  }
}
