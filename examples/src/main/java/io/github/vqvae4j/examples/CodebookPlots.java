package io.github.vqvae4j.examples;

import io.github.vqvae4j.io.Counts;
import io.github.vqvae4j.metrics.CodeUsage;
import io.github.vqvae4j.metrics.PrincipalAxes;
import io.github.vqvae4j.model.vqvae.VqVae;
import io.github.vqvae4j.tensor.Step;
import io.github.vqvae4j.train.CodebookReport;
import java.awt.Color;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.stream.IntStream;
import org.knowm.xchart.XYChart;
import org.knowm.xchart.XYSeries;
import org.knowm.xchart.XYSeries.XYSeriesRenderStyle;
import org.knowm.xchart.style.XYStyler;
import org.knowm.xchart.style.markers.SeriesMarkers;

/** Charts of a codebook. */
final class CodebookPlots {
  private static final int HEIGHT = 400;
  private static final int MAP_HEIGHT = 800;
  private static final int DOT = 9;

  /** The lower limit of the count axis, below 1 so that the lowest bars are visible. */
  private static final double MIN_COUNT = 0.5;

  /** Colors of codes that were never selected, selected 1 to 9 times, 10 to 99 times, and so on. */
  private static final Color[] USAGE_COLORS = {
    new Color(190, 190, 190),
    new Color(160, 200, 235),
    new Color(70, 140, 205),
    new Color(20, 70, 130),
    ChartStyle.ORANGE,
    new Color(140, 20, 20)
  };

  private final VqVae model;
  private final CodebookReport report;

  /**
   * Creates the charts of a model's codebook.
   *
   * @param model the model
   * @param report the usage of its codebook
   */
  CodebookPlots(VqVae model, CodebookReport report) {
    this.model = model;
    this.report = report;
  }

  /** Writes the histogram, most frequent code first. The bar of code i spans [i - 1, i]. */
  void writeUsage(Path file) throws IOException {
    long[] counts = report.sortedCounts();
    int used = report.usage().codesInUse();
    double[] edges = IntStream.rangeClosed(0, used).asDoubleStream().toArray();
    double[] heights =
        IntStream.rangeClosed(0, used).mapToDouble(i -> counts[Math.min(i, used - 1)]).toArray();
    CodeUsage usage = report.usage();
    XYChart chart =
        ChartStyle.chart(usage.toString(), "codes, most frequent first", "times selected", HEIGHT);
    XYStyler style = chart.getStyler();
    style.setDefaultSeriesRenderStyle(XYSeriesRenderStyle.StepArea);
    style.setYAxisLogarithmic(true);
    style.setYAxisMin(MIN_COUNT);
    style.setYAxisMax(RoundTicks.above(heights[0]));
    style.setXAxisMin(0.0);
    style.setXAxisMax((double) usage.codebookSize());
    style.setLegendVisible(false);
    XYSeries series = chart.addSeries("codes", edges, heights);
    series.setMarker(SeriesMarkers.NONE);
    series.setLineColor(ChartStyle.BLUE);
    series.setFillColor(USAGE_COLORS[1]);
    ChartFile.write(List.of(chart), file);
  }

  /** Writes the code vectors projected onto their first two principal axes, colored by usage. */
  void writeMap(Path file) throws IOException {
    long[] counts = report.usage().counts();
    int dimension = model.quantizer().dimension();
    float[] vectors;
    try (Step step = Step.inference()) {
      int[] all = IntStream.range(0, counts.length).toArray();
      vectors = model.quantizer().lookup(step.tensor(all, all.length)).toFloats();
    }
    PrincipalAxes axes = PrincipalAxes.of(vectors, dimension);
    double[] x = axes.project(vectors, 0);
    double[] y = dimension > 1 ? axes.project(vectors, 1) : new double[x.length];
    double[] fractions = Arrays.copyOf(axes.explainedVarianceRatios(), Math.max(2, dimension));
    XYChart chart =
        ChartStyle.chart(
            "Code vectors of " + Counts.of(counts.length, "code") + ", colored by usage",
            axis("1st", fractions[0]),
            axis("2nd", fractions[1]),
            MAP_HEIGHT);
    chart.getStyler().setDefaultSeriesRenderStyle(XYSeriesRenderStyle.Scatter);
    chart.getStyler().setMarkerSize(DOT);
    for (int i = 0; i < USAGE_COLORS.length; i++) {
      int level = i;
      int[] codes =
          IntStream.range(0, counts.length).filter(code -> level(counts[code]) == level).toArray();
      if (codes.length > 0) {
        XYSeries series =
            chart.addSeries(
                name(level),
                IntStream.of(codes).mapToDouble(code -> x[code]).toArray(),
                IntStream.of(codes).mapToDouble(code -> y[code]).toArray());
        series.setMarker(SeriesMarkers.CIRCLE);
        series.setMarkerColor(USAGE_COLORS[level]);
      }
    }
    ChartFile.write(List.of(chart), file);
  }

  private static String axis(String ordinal, double fraction) {
    return String.format(
        Locale.ROOT, "%s principal axis (%.0f%% of the variance)", ordinal, 100 * fraction);
  }

  /** Returns the number of decimal digits of a count; 0 for 0. */
  private static int level(long count) {
    int digits = count == 0 ? 0 : Long.toString(count).length();
    return Math.min(digits, USAGE_COLORS.length - 1);
  }

  private static String name(int level) {
    long min = Math.round(Math.pow(10, level - 1));
    if (level == 0) {
      return "never selected";
    }
    return level == USAGE_COLORS.length - 1
        ? "selected " + min + " times or more"
        : "selected " + min + " to " + (10 * min - 1) + " times";
  }
}
