package io.github.vqvae4j.examples;

import io.github.vqvae4j.data.Dataset;
import io.github.vqvae4j.data.Images;
import io.github.vqvae4j.metrics.RocCurve;
import io.github.vqvae4j.model.AnomalyDetector;
import io.github.vqvae4j.model.AnomalyScore;
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

/** What a detector found: images with the heat over them, and its scores. */
final class AnomalyPictures {
  private static final int COLUMNS = 12;
  private static final int HEIGHT = 420;
  private static final int BINS = 40;
  private static final float THIN = 1;
  private static final float THICK = 2.5f;
  private static final Color GRAY = new Color(120, 120, 120);

  /** The scores above this share of all stand in the last bin. */
  private static final double SHOWN = 0.995;

  /** Red, green and blue of the greatest heat. */
  private static final float[] HOT = {0.9f, 0.15f, 0.1f};

  private final AnomalyDetector detector;
  private final Dataset test;
  private final AnomalyResults results;

  AnomalyPictures(AnomalyDetector detector, Dataset test, AnomalyResults results) {
    this.detector = detector;
    this.test = test;
    this.results = results;
  }

  /**
   * The most anomalous images, the most normal ones, and the most normal of the left-out class,
   * each with its heat below.
   */
  void writeGrid(Path file) throws IOException {
    List<Integer> rising =
        IntStream.range(0, test.size())
            .boxed()
            .sorted(Comparator.comparingDouble(i -> results.scores().get(i).total()))
            .toList();
    List<Integer> falling = new ArrayList<>(rising);
    Collections.reverse(falling);
    List<Integer> missed =
        rising.stream().filter(i -> results.labels().get(i) == results.without()).toList();
    List<Images> rows = new ArrayList<>();
    for (List<Integer> order : List.of(falling, rising, missed)) {
      Images some =
          Images.from(test, order.stream().limit(COLUMNS).mapToInt(Integer::intValue).toArray());
      rows.add(some.toColor());
      rows.add(overlay(some, detector.heatMap(some), detector.heatThreshold()));
    }
    Images.writeGrid(rows, file);
  }

  /** Images with their heat in red, which is full at the threshold. */
  static Images overlay(Images images, Images heat, double threshold) {
    float[] pixels = images.toColor().pixels();
    float[] heats = heat.pixels();
    for (int i = 0; i < pixels.length; i++) {
      float hot = (float) Math.max(0, Math.min(1, heats[i / HOT.length] / threshold));
      pixels[i] += hot * (HOT[i % HOT.length] - pixels[i]);
    }
    return Images.of(pixels, images.size(), images.height(), images.width(), HOT.length);
  }

  /** Histograms of both kinds of images, and the ROC curve. */
  void writeScores(Path file) throws IOException {
    ChartFile.write(List.of(histograms(), curves()), file);
  }

  private XYChart histograms() {
    double[] normal = results.values(AnomalyScore::total, label -> label != results.without());
    double[] left = results.values(AnomalyScore::total, label -> label == results.without());
    double[] all =
        DoubleStream.concat(Arrays.stream(normal), Arrays.stream(left)).sorted().toArray();
    double from = all[0];
    double to = all[(int) (SHOWN * (all.length - 1))];
    double width = (to - from) / BINS;
    double[] bins = IntStream.range(0, BINS).mapToDouble(i -> from + i * width).toArray();
    XYChart chart = ChartStyle.chart("Scores", "standard deviations", "share of images", HEIGHT);
    chart.getStyler().setDefaultSeriesRenderStyle(XYSeriesRenderStyle.Step);
    double[] normalShares = shares(normal, from, width);
    double[] leftShares = shares(left, from, width);
    line(chart, "normal", ChartStyle.BLUE, THICK, bins, normalShares);
    line(chart, "left out: " + results.without(), ChartStyle.ORANGE, THICK, bins, leftShares);
    double top = Math.max(max(normalShares), max(leftShares));
    double threshold = detector.threshold();
    line(
        chart, "threshold", GRAY, THIN, new double[] {threshold, threshold}, new double[] {0, top});
    return chart;
  }

  private static double max(double[] values) {
    return Arrays.stream(values).max().orElseThrow();
  }

  private static double[] shares(double[] values, double from, double width) {
    double[] shares = new double[BINS];
    for (double value : values) {
      int bin = (int) ((value - from) / width);
      shares[Math.min(BINS - 1, bin)] += 1.0 / values.length;
    }
    return shares;
  }

  private XYChart curves() {
    XYChart chart =
        ChartStyle.chart(
            "ROC curve",
            "share of normal images called anomalous",
            "share of the left-out class found",
            HEIGHT);
    curve(chart, "total score", ChartStyle.ORANGE, THICK, AnomalyScore::total);
    curve(chart, "reconstruction error", ChartStyle.BLUE, THIN, AnomalyScore::reconstruction);
    curve(chart, "quantization error", new Color(20, 140, 130), THIN, AnomalyScore::quantization);
    line(chart, "by chance", GRAY, THIN, new double[] {0, 1}, new double[] {0, 1});
    return chart;
  }

  private void curve(
      XYChart chart, String name, Color color, float width, ToDoubleFunction<AnomalyScore> part) {
    RocCurve curve = results.curve(part);
    line(
        chart,
        String.format("%s: area %.3f", name, curve.area()),
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
