package io.github.vqvae4j.examples;

import io.github.vqvae4j.anomaly.AnomalyDetector;
import io.github.vqvae4j.anomaly.AnomalyScore;
import io.github.vqvae4j.data.image.Dataset;
import io.github.vqvae4j.data.image.ImageGrid;
import io.github.vqvae4j.data.image.Images;
import io.github.vqvae4j.io.Counts;
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
import java.util.Locale;
import java.util.Map;
import java.util.function.ToDoubleFunction;
import java.util.stream.DoubleStream;
import java.util.stream.IntStream;
import org.knowm.xchart.XYChart;
import org.knowm.xchart.XYSeries;
import org.knowm.xchart.XYSeries.XYSeriesRenderStyle;
import org.knowm.xchart.style.Styler.LegendLayout;
import org.knowm.xchart.style.Styler.LegendPosition;
import org.knowm.xchart.style.XYStyler;
import org.knowm.xchart.style.markers.SeriesMarkers;

/** Images and charts of a detector's results: heat maps and scores. */
final class AnomalyPlots {
  private static final int COLUMNS = 12;
  private static final int HEIGHT = 560;
  private static final int BINS = 40;
  private static final float THIN = 1;
  private static final float THICK = 2.5f;
  private static final Color GRAY = new Color(120, 120, 120);

  /** The width of the vertical axis of the ROC curve, at which its plot area is about square. */
  private static final int AXIS = 260;

  /** The distance of the ticks of the ROC curve: 0.2 of the plot area. */
  private static final int TICKS = 90;

  private static final List<Color> ERROR_COLORS =
      List.of(ChartStyle.BLUE, new Color(20, 140, 130), new Color(120, 80, 170));

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
    ImageGrid grid = new ImageGrid();
    add(grid, "highest scores", descending);
    add(grid, "lowest scores", ascending);
    add(grid, "excluded class,\nlowest scores", missed);
    grid.write(file);
  }

  /** Adds the first images with their classes and scores, and their heat maps. */
  private void add(ImageGrid grid, String label, List<Integer> order) {
    int[] first = order.stream().limit(COLUMNS).mapToInt(Integer::intValue).toArray();
    Images selected = Images.from(test, first);
    List<String> captions =
        Arrays.stream(first)
            .mapToObj(
                i ->
                    String.format(
                        Locale.ROOT,
                        "%d: %.2f",
                        results.labels().get(i),
                        results.scores().get(i).total()))
            .toList();
    grid.space()
        .row(label + "\n(class: score)", selected.toColor())
        .captions(captions)
        .row("heat maps", overlay(selected, detector.heatMap(selected), detector.heatThreshold()));
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
    double[] bins = IntStream.rangeClosed(0, BINS).mapToDouble(i -> min + i * width).toArray();
    long above = Arrays.stream(all).filter(value -> value > max).count();
    XYChart chart =
        ChartStyle.chart(
            "Anomaly scores of the test images",
            "score, in standard deviations of normal images"
                + (above == 0
                    ? ""
                    : String.format(
                        Locale.ROOT,
                        "; the last bin also has the %d scores above %.1f, up to %.1f",
                        above,
                        max,
                        all[all.length - 1])),
            "fraction of images",
            HEIGHT);
    chart.getStyler().setDefaultSeriesRenderStyle(XYSeriesRenderStyle.Step);
    chart.getStyler().setXAxisDecimalPattern("0");
    double[] normalFractions = fractions(normal, min, width);
    double[] excludedFractions = fractions(excluded, min, width);
    String normals = "normal: " + Counts.of(normal.length, "image");
    line(chart, normals, ChartStyle.BLUE, THICK, bins, normalFractions);
    line(
        chart,
        "excluded class " + results.without() + ": " + Counts.of(excluded.length, "image"),
        ChartStyle.ORANGE,
        THICK,
        bins,
        excludedFractions);
    double top = Math.max(max(normalFractions), max(excludedFractions));
    double threshold = detector.threshold();
    line(
        chart,
        String.format(Locale.ROOT, "threshold: %.2f", threshold),
        GRAY,
        THIN,
        new double[] {threshold, threshold},
        new double[] {0, top});
    return chart;
  }

  private static double max(double[] values) {
    return Arrays.stream(values).max().orElseThrow();
  }

  /** Returns the fraction of values in each bin, followed by that of the last bin again. */
  private static double[] fractions(double[] values, double min, double width) {
    double[] fractions = new double[BINS + 1];
    for (double value : values) {
      int bin = (int) ((value - min) / width);
      fractions[Math.min(BINS - 1, bin)] += 1.0 / values.length;
    }
    fractions[BINS] = fractions[BINS - 1]; // the right edge of the last step
    return fractions;
  }

  private XYChart curves() {
    XYChart chart =
        ChartStyle.chart(
            "ROC curve",
            "false-positive rate: fraction of normal images that are flagged",
            "true-positive rate: fraction of the excluded class that is flagged",
            HEIGHT);
    XYStyler style = chart.getStyler();
    style.setLegendPosition(LegendPosition.OutsideE);
    style.setLegendLayout(LegendLayout.Vertical);
    style.setYAxisLeftWidthHint(AXIS);
    style.setXAxisMin(0.0);
    style.setXAxisMax(1.0);
    style.setYAxisMin(0.0);
    style.setYAxisMax(1.0);
    style.setXAxisTickMarkSpacingHint(TICKS);
    style.setYAxisTickMarkSpacingHint(TICKS);
    style.setDecimalPattern("0.0");
    curve(chart, "total score", ChartStyle.ORANGE, THICK, AnomalyScore::total);
    int color = 0;
    for (Map.Entry<String, ToDoubleFunction<AnomalyScore>> error : results.errors().entrySet()) {
      curve(chart, error.getKey(), ERROR_COLORS.get(color++), THIN, error.getValue());
    }
    // XChart places ticks at round numbers only if the values are not equally spaced.
    double[] diagonal = {0, 0.011, 0.34, 1};
    line(chart, "chance: area 0.500", GRAY, THIN, diagonal, diagonal);
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
        String.format(Locale.ROOT, "%s: area %.3f", name, curve.auc()),
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
