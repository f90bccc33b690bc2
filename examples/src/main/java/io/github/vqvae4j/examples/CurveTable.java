package io.github.vqvae4j.examples;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.TreeSet;
import java.util.function.ToDoubleFunction;

/** Markdown tables that compare training curves with a recorded one. */
final class CurveTable {
  private CurveTable() {}

  /** Returns a table of the error and one of the perplexity. */
  static String of(RecordedCurve recorded, List<TrainingCurve> runs) {
    return table("normalized MSE", "%.4f", recorded, runs, CurvePoint::normalizedError)
        + System.lineSeparator()
        + table("perplexity", "%.1f", recorded, runs, CurvePoint::perplexity);
  }

  private static String table(
      String metric,
      String format,
      RecordedCurve recorded,
      List<TrainingCurve> runs,
      ToDoubleFunction<CurvePoint> getter) {
    List<String> lines = new ArrayList<>();
    List<String> head = new ArrayList<>(List.of(metric + " at step", "recorded"));
    runs.forEach(run -> head.add("seed " + run.seed()));
    head.addAll(List.of("mean", "difference"));
    lines.add(line(head));
    lines.add("|" + " ---: |".repeat(head.size()));
    for (long step : steps(recorded, runs)) {
      double expected = at(step, recorded.points(), getter);
      double[] values = runs.stream().mapToDouble(run -> at(step, run.points(), getter)).toArray();
      double mean = mean(values);
      if (!Double.isNaN(mean)) {
        List<String> cells = new ArrayList<>();
        cells.add(String.format(Locale.ROOT, "%,d", step));
        cells.add(cell(format, expected));
        for (double value : values) {
          cells.add(cell(format, value));
        }
        cells.add(cell(format, mean));
        cells.add(cell("%+.1f%%", 100 * (mean / expected - 1)));
        lines.add(line(cells));
      }
    }
    return String.join(System.lineSeparator(), lines) + System.lineSeparator();
  }

  /** Returns the steps with a recorded point, and the last step of each run. */
  private static TreeSet<Long> steps(RecordedCurve recorded, List<TrainingCurve> runs) {
    TreeSet<Long> steps = new TreeSet<>();
    recorded.points().forEach(point -> steps.add(point.step()));
    runs.forEach(run -> steps.add(run.points().get(run.points().size() - 1).step()));
    return steps;
  }

  /** Returns the value at a step, or NaN if there is none. */
  private static double at(long step, List<CurvePoint> points, ToDoubleFunction<CurvePoint> value) {
    return points.stream()
        .filter(point -> point.step() == step)
        .mapToDouble(value)
        .findFirst()
        .orElse(Double.NaN);
  }

  private static double mean(double[] values) {
    double sum = 0;
    int count = 0;
    for (double value : values) {
      if (!Double.isNaN(value)) {
        sum += value;
        count++;
      }
    }
    return sum / count;
  }

  private static String cell(String format, double value) {
    return Double.isNaN(value) ? "" : String.format(Locale.ROOT, format, value);
  }

  private static String line(List<String> cells) {
    return "| " + String.join(" | ", cells) + " |";
  }
}
