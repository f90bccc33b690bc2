package io.github.vqvae4j.examples;

import io.github.vqvae4j.model.vqvae.Recipe;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.ToDoubleFunction;
import org.knowm.xchart.XYChart;

/** Charts of error and perplexity that compare training curves with the recorded points. */
final class CurveChart {
  private CurveChart() {}

  static void write(Recipe recipe, RecordedCurve recorded, List<TrainingCurve> runs, Path file)
      throws IOException {
    long steps = runs.stream().mapToLong(TrainingCurve::steps).max().orElseThrow();
    List<XYChart> panels = new ArrayList<>();
    ChartPanel error =
        ChartPanel.logarithmic(recipe + ": reconstruction error", "normalized MSE", steps);
    panels.add(draw(error, steps, recorded, runs, CurvePoint::normalizedError));
    double maximum = max(recorded.points());
    for (TrainingCurve run : runs) {
      maximum = Math.max(maximum, max(run.points()));
    }
    ChartPanel perplexity =
        ChartPanel.linear("perplexity of the codes per batch", "codes", steps, maximum);
    panels.add(draw(perplexity, steps, recorded, runs, CurvePoint::perplexity));
    ChartFile.write(panels, file);
  }

  private static XYChart draw(
      ChartPanel panel,
      long steps,
      RecordedCurve recorded,
      List<TrainingCurve> runs,
      ToDoubleFunction<CurvePoint> value) {
    for (int i = 0; i < runs.size(); i++) {
      List<CurvePoint> run = runs.get(i).points();
      panel.run(i, "seed " + runs.get(i).seed(), steps(run), values(run, value));
    }
    List<CurvePoint> points =
        recorded.points().stream()
            .filter(p -> p.step() <= steps && !Double.isNaN(value.applyAsDouble(p)))
            .toList();
    if (!points.isEmpty()) {
      panel.points("recorded by the authors", steps(points), values(points, value));
    }
    return panel.chart();
  }

  private static double max(List<CurvePoint> points) {
    return points.stream()
        .mapToDouble(CurvePoint::perplexity)
        .filter(p -> !Double.isNaN(p))
        .max()
        .orElse(1);
  }

  private static double[] steps(List<CurvePoint> points) {
    return points.stream().mapToDouble(CurvePoint::step).toArray();
  }

  private static double[] values(List<CurvePoint> points, ToDoubleFunction<CurvePoint> value) {
    return points.stream().mapToDouble(value).toArray();
  }
}
