package io.github.vqvae4j.examples;

import io.github.vqvae4j.train.StepReport;
import io.github.vqvae4j.train.TrainingListener;
import java.util.ArrayList;
import java.util.List;

/**
 * The figures of a run as curves of at most 2,000 points, however many steps it has: each point is
 * the mean over as many steps as the others.
 */
final class History implements TrainingListener {
  static final int MOST = 2_000;

  private static final int STEP = 0;
  private static final int PERPLEXITY = 1;
  private static final int CODES = 2;
  private static final int TERMS = 3;

  /** Each a row of the figures above, the terms of the loss from {@link #TERMS} on. */
  private final List<double[]> points = new ArrayList<>();

  private long stepsPerPoint = 1;
  private double[] sum;
  private long summed;

  @Override
  public void onStep(StepReport report) {
    double[] figures = new double[TERMS + report.terms().size()];
    figures[STEP] = report.step();
    figures[PERPLEXITY] = report.windowUsage().perplexity();
    figures[CODES] = report.windowUsage().codesInUse();
    for (int i = 0; i < report.terms().size(); i++) {
      figures[TERMS + i] = report.terms().get(i).value();
    }
    sum = summed == 0 ? figures : scaledSum(sum, figures, 1);
    summed++;
    if (summed == stepsPerPoint) {
      points.add(scaledSum(sum, new double[sum.length], 1.0 / summed));
      summed = 0;
      if (points.size() == MOST) {
        halve();
      }
    }
  }

  /** From now on a point stands for twice as many steps. */
  private void halve() {
    for (int i = 0; i < MOST / 2; i++) {
      points.set(i, scaledSum(points.get(2 * i), points.get(2 * i + 1), 0.5));
    }
    points.subList(MOST / 2, MOST).clear();
    stepsPerPoint *= 2;
  }

  /** The sum of two rows, times a factor. */
  private static double[] scaledSum(double[] a, double[] b, double factor) {
    double[] result = new double[a.length];
    for (int i = 0; i < a.length; i++) {
      result[i] = factor * (a[i] + b[i]);
    }
    return result;
  }

  /** Where each point lies: the mean of its steps. */
  double[] steps() {
    return column(STEP);
  }

  /** A term of the loss, by its place in a step's report. */
  double[] term(int index) {
    return column(TERMS + index);
  }

  double[] perplexity() {
    return column(PERPLEXITY);
  }

  double[] codesInUse() {
    return column(CODES);
  }

  /** The points, and one of the last steps if they are too few for a point. */
  private double[] column(int figure) {
    double[] column = new double[points.size() + (summed > 0 ? 1 : 0)];
    for (int i = 0; i < points.size(); i++) {
      column[i] = points.get(i)[figure];
    }
    if (summed > 0) {
      column[points.size()] = sum[figure] / summed;
    }
    return column;
  }
}
