package io.github.vqvae4j.examples;

import io.github.vqvae4j.io.NamedArray;
import io.github.vqvae4j.train.StepReport;
import io.github.vqvae4j.train.TermReport;
import io.github.vqvae4j.train.TrainingListener;
import io.github.vqvae4j.train.TrainingRun;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Averages the metrics of a run over windows of a fixed number of steps. */
final class WindowMeans implements TrainingListener {
  private static final String MEANS = "means";

  /** Step, error, perplexity. */
  private static final int COLUMNS = 3;

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

  /** Returns the points and, in the last row, the sums of the incomplete window. */
  @Override
  public Map<String, NamedArray> state() {
    double[] values = new double[COLUMNS * (points.size() + 1)];
    for (int i = 0; i < points.size(); i++) {
      CurvePoint point = points.get(i);
      put(values, i, point.step(), point.normalizedError(), point.perplexity());
    }
    put(values, points.size(), 0, errorSum, perplexitySum);
    return Map.of(MEANS, NamedArray.of(values, points.size() + 1, COLUMNS));
  }

  private static void put(double[] values, int row, double... columns) {
    System.arraycopy(columns, 0, values, COLUMNS * row, COLUMNS);
  }

  @Override
  public void restore(Map<String, NamedArray> state) {
    if (!state.keySet().equals(Set.of(MEANS))) {
      throw new IllegalArgumentException("WindowMeans: expected means, got " + state.keySet());
    }
    double[] values = state.get(MEANS).doubles();
    points.clear();
    int last = values.length - COLUMNS;
    for (int i = 0; i < last; i += COLUMNS) {
      points.add(new CurvePoint((long) values[i], values[i + 1], values[i + 2]));
    }
    errorSum = values[last + 1];
    perplexitySum = values[last + 2];
  }

  /** Returns one point per complete window. */
  List<CurvePoint> points() {
    return List.copyOf(points);
  }
}
