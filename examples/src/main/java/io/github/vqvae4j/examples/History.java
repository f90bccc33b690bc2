package io.github.vqvae4j.examples;

import io.github.vqvae4j.io.NamedArray;
import io.github.vqvae4j.train.CodebookUsage;
import io.github.vqvae4j.train.StepReport;
import io.github.vqvae4j.train.TrainingListener;
import io.github.vqvae4j.train.TrainingRun;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Records the metrics of a run as curves of at most 2,000 points, regardless of the number of
 * steps. Each point is the mean over the same number of steps.
 */
final class History implements TrainingListener {
  static final int MAX_POINTS = 2_000;

  private static final int STEP = 0;
  private static final int PERPLEXITY = 1;
  private static final int CODES = 2;

  /** The number of columns of a codebook: its perplexity, and its codes in use. */
  private static final int PER_CODEBOOK = 2;

  private static final String POINTS = "points";
  private static final String SUM = "sum";
  private static final String COUNTS = "counts";

  /** Rows of the step, the metrics of each codebook, and the loss terms. */
  private final List<double[]> points = new ArrayList<>();

  private int codebooks;

  private long stepsPerPoint = 1;
  private double[] sum;
  private long summed;

  @Override
  public void onStep(TrainingRun run, StepReport report) {
    codebooks = report.windowUsage().size();
    double[] row = new double[termColumn(report.terms().size())];
    row[STEP] = report.step();
    for (int i = 0; i < codebooks; i++) {
      CodebookUsage codebook = report.windowUsage().get(i);
      row[i * PER_CODEBOOK + PERPLEXITY] = codebook.usage().perplexity();
      row[i * PER_CODEBOOK + CODES] = codebook.usage().codesInUse();
    }
    for (int i = 0; i < report.terms().size(); i++) {
      row[termColumn(i)] = report.terms().get(i).value();
    }
    sum = summed == 0 ? row : scaledSum(sum, row, 1);
    summed++;
    if (summed == stepsPerPoint) {
      points.add(scaledSum(sum, new double[sum.length], 1.0 / summed));
      summed = 0;
      if (points.size() == MAX_POINTS) {
        halve();
      }
    }
  }

  @Override
  public Map<String, NamedArray> state() {
    int width = sum.length;
    double[] values = new double[points.size() * width];
    for (int i = 0; i < points.size(); i++) {
      System.arraycopy(points.get(i), 0, values, i * width, width);
    }
    return Map.of(
        POINTS, NamedArray.of(values, points.size(), width),
        SUM, NamedArray.of(sum.clone(), width),
        COUNTS, NamedArray.of(new long[] {stepsPerPoint, summed, codebooks}, 3));
  }

  @Override
  public void restore(Map<String, NamedArray> state) {
    if (!state.keySet().equals(Set.of(POINTS, SUM, COUNTS))) {
      throw new IllegalArgumentException("History: expected curves, got " + state.keySet());
    }
    sum = state.get(SUM).doubles();
    double[] values = state.get(POINTS).doubles();
    points.clear();
    for (int from = 0; from < values.length; from += sum.length) {
      points.add(Arrays.copyOfRange(values, from, from + sum.length));
    }
    long[] counts = state.get(COUNTS).longs();
    stepsPerPoint = counts[0];
    summed = counts[1];
    codebooks = (int) counts[2];
  }

  /** Doubles the number of steps per point. */
  private void halve() {
    for (int i = 0; i < MAX_POINTS / 2; i++) {
      points.set(i, scaledSum(points.get(2 * i), points.get(2 * i + 1), 0.5));
    }
    points.subList(MAX_POINTS / 2, MAX_POINTS).clear();
    stepsPerPoint *= 2;
  }

  /** Returns the sum of two rows, multiplied by a factor. */
  private static double[] scaledSum(double[] a, double[] b, double factor) {
    double[] result = new double[a.length];
    for (int i = 0; i < a.length; i++) {
      result[i] = factor * (a[i] + b[i]);
    }
    return result;
  }

  /** Returns the position of each point: the mean of its steps. */
  double[] steps() {
    return column(STEP);
  }

  /** Returns a loss term, by its index in the step report. */
  double[] term(int index) {
    return column(termColumn(index));
  }

  private int termColumn(int index) {
    return STEP + 1 + codebooks * PER_CODEBOOK + index;
  }

  /** Returns the perplexity of a codebook, by its index in the step report. */
  double[] perplexity(int codebook) {
    return column(codebook * PER_CODEBOOK + PERPLEXITY);
  }

  /** Returns the codes in use of a codebook. */
  double[] codesInUse(int codebook) {
    return column(codebook * PER_CODEBOOK + CODES);
  }

  /** Returns a metric of all points, including an incomplete last point. */
  private double[] column(int metric) {
    double[] column = new double[points.size() + (summed > 0 ? 1 : 0)];
    for (int i = 0; i < points.size(); i++) {
      column[i] = points.get(i)[metric];
    }
    if (summed > 0) {
      column[points.size()] = sum[metric] / summed;
    }
    return column;
  }
}
