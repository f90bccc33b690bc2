package io.github.vqvae4j.examples;

import io.github.vqvae4j.anomaly.AnomalyDetector;
import io.github.vqvae4j.anomaly.AnomalyScore;
import io.github.vqvae4j.data.image.Dataset;
import io.github.vqvae4j.data.image.Images;
import io.github.vqvae4j.metrics.RocCurve;
import java.awt.BasicStroke;
import java.awt.Color;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.function.ToDoubleFunction;
import java.util.stream.DoubleStream;
import java.util.stream.IntStream;
import org.knowm.xchart.XYChart;
import org.knowm.xchart.XYSeries;
import org.knowm.xchart.XYSeries.XYSeriesRenderStyle;
import org.knowm.xchart.style.markers.SeriesMarkers;

/** Images and charts of a detector's results: heat maps and scores. */
final class AnomalyPlots {
  private static final int COLUMNS = 12;
  private static final int HEIGHT = 420;
  private static final int BINS = 40;
  private static final float THIN = 1;
  private static final float THICK = 2.5f;
  private static final Color GRAY = new Color(120, 120, 120);

  /** The quantile of the scores at which the histogram ends; higher scores are in the last bin. */
  private static final double SHOWN_QUANTILE = 0.995;

  /** The RGB color of the maximum heat. */
  private static final float[] HOT = {0.9f, 0.15f, 0.1f};

  private final AnomalyDetector detector;
  private final Dataset test;
  private final AnomalyResults results;

  AnomalyPlots(AnomalyDetector detector, Dataset test, AnomalyResults results) {
    this.detector = detector;
    this.test = test;
    this.results = results;
  }

  /**
   * Writes the images with the highest scores, with the lowest scores, and of the excluded class
   * with the lowest scores, each above its heat map.
   */
  void writeGrid(Path file) throws IOException {
    List<Integer> ascending =
        IntStream.range(0, test.size())
            .boxed()
            .sorted(Comparator.comparingDouble(i -> results.scores().get(i).total()))
            .toList();
    List<Integer> descending = new ArrayList<>(ascending);
    Collections.reverse(descending);
    List<Integer> missed =
        ascending.stream().filter(i -> results.labels().get(i) == results.without()).toList();
    List<Images> rows = new ArrayList<>();
    for (List<Integer> order : List.of(descending, ascending, missed)) {
      Images selected =
          Images.from(test, order.stream().limit(COLUMNS).mapToInt(Integer::intValue).toArray());
      rows.add(selected.toColor());
      rows.add(overlay(selected, detector.heatMap(selected), detector.heatThreshold()));
    }
    Images.writeGrid(rows, file);
  }

  /** Overlays images with their heat maps in red, which is opaque at the threshold. */
  static Images overlay(Images images, Images heatMap, double threshold) {
    float[] pixels = images.toColor().pixels();
    float[] values = heatMap.pixels();
    for (int i = 0; i < pixels.length; i++) {
      float alpha = (float) Math.max(0, Math.min(1, values[i / HOT.length] / threshold));
      pixels[i] += alpha * (HOT[i % HOT.length] - pixels[i]);
    }
    return Images.of(pixels, images.size(), images.height(), images.width(), HOT.length);
  }

  /** Writes histograms of the scores of normal and excluded images, and the ROC curve. */
  void writeScores(Path file) throws IOException {
    ChartFile.write(List.of(histograms(), curves()), file);
  }

  private XYChart histograms() {
    double[] normal = results.values(AnomalyScore::total, label -> label != results.without());
    double[] excluded = results.values(AnomalyScore::total, label -> label == results.without());
    double[] all =
        DoubleStream.concat(Arrays.stream(normal), Arrays.stream(excluded)).sorted().toArray();
    double min = all[0];
    double max = all[(int) (SHOWN_QUANTILE * (all.length - 1))];
    double width = (max - min) / BINS;
    double[] bins = IntStream.range(0, BINS).mapToDouble(i -> min + i * width).toArray();
    XYChart chart =
        ChartStyle.chart("Anomaly scores", "standard deviations", "fraction of images", HEIGHT);
    chart.getStyler().setDefaultSeriesRenderStyle(XYSeriesRenderStyle.Step);
    double[] normalFractions = fractions(normal, min, width);
    double[] excludedFractions = fractions(excluded, min, width);
    line(chart, "normal", ChartStyle.BLUE, THICK, bins, normalFractions);
    line(
        chart, "excluded: " + results.without(), ChartStyle.ORANGE, THICK, bins, excludedFractions);
    double top = Math.max(max(normalFractions), max(excludedFractions));
    double threshold = detector.threshold();
    line(
        chart, "threshold", GRAY, THIN, new double[] {threshold, threshold}, new double[] {0, top});
    return chart;
  }

  private static double max(double[] values) {
    return Arrays.stream(values).max().orElseThrow();
  }

  private static double[] fractions(double[] values, double min, double width) {
    double[] fractions = new double[BINS];
    for (double value : values) {
      int bin = (int) ((value - min) / width);
      fractions[Math.min(BINS - 1, bin)] += 1.0 / values.length;
    }
    return fractions;
  }

  private XYChart curves() {
    XYChart chart =
        ChartStyle.chart("ROC curve", "false-positive rate", "true-positive rate", HEIGHT);
    curve(chart, "total score", ChartStyle.ORANGE, THICK, AnomalyScore::total);
    curve(chart, "reconstruction error", ChartStyle.BLUE, THIN, AnomalyScore::reconstruction);
    curve(chart, "quantization error", new Color(20, 140, 130), THIN, AnomalyScore::quantization);
    line(chart, "chance", GRAY, THIN, new double[] {0, 1}, new double[] {0, 1});
    return chart;
  }

  private void curve(
      XYChart chart,
      String name,
      Color color,
      float width,
      ToDoubleFunction<AnomalyScore> component) {
    RocCurve curve = results.curve(component);
    line(
        chart,
        String.format("%s: AUC %.3f", name, curve.auc()),
        color,
        width,
        curve.falsePositiveRates(),
        curve.truePositiveRates());
  }

  private static void line(
      XYChart chart, String name, Color color, float width, double[] x, double[] y) {
    XYSeries series = chart.addSeries(name, x, y);
    series.setMarker(SeriesMarkers.NONE);
    series.setLineColor(color);
    series.setLineStyle(new BasicStroke(width, BasicStroke.CAP_ROUND, BasicStroke.JOIN_ROUND));
  }
}
