package io.github.vqvae4j.examples;

import java.awt.BasicStroke;
import java.awt.Color;
import java.util.Arrays;
import org.knowm.xchart.XYChart;
import org.knowm.xchart.XYChartBuilder;
import org.knowm.xchart.XYSeries;
import org.knowm.xchart.style.XYStyler;
import org.knowm.xchart.style.markers.SeriesMarkers;

/** A chart over the steps of a run. */
final class ChartPanel {
  private static final int HEIGHT = 340;
  private static final int AXIS = 84;
  private static final int TICKS = 100;
  private static final float THIN = 1;
  private static final float THICK = 2.5f;
  private static final Color FAINT = new Color(178, 205, 230);
  private static final Color[] RUN_COLORS = {
    ChartStyle.BLUE, new Color(20, 140, 130), new Color(120, 80, 170)
  };

  private static final double OFFSET = 0.01;

  /** The lower bound of values on a logarithmic axis. */
  private static final double MIN_LOGARITHMIC = 1e-9;

  private final XYChart chart;
  private final boolean logarithmic;
  private double min = Double.MAX_VALUE;
  private double max;

  private ChartPanel(String title, String unit, long steps, boolean logarithmic) {
    this.logarithmic = logarithmic;
    chart =
        new XYChartBuilder()
            .width(ChartStyle.WIDTH)
            .height(HEIGHT)
            .title(title)
            .xAxisTitle("training step")
            .yAxisTitle(unit)
            .build();
    XYStyler style = chart.getStyler();
    style.setXAxisMin(0.0);
    style.setXAxisMax((double) steps);
    style.setXAxisTickMarkSpacingHint(TICKS);
    style.setYAxisLeftWidthHint(AXIS);
    ChartStyle.apply(style);
  }

  /** Creates a chart with a logarithmic value axis. */
  static ChartPanel logarithmic(String title, String unit, long steps) {
    ChartPanel panel = new ChartPanel(title, unit, steps, true);
    panel.chart.getStyler().setYAxisLogarithmic(true);
    panel.chart.getStyler().setYAxisLogarithmicDecadeOnly(false);
    panel.chart.getStyler().setYAxisTickLabelsFormattingFunction(RoundTicks::label);
    return panel;
  }

  /** Creates a chart with a linear value axis from 0 to a maximum. */
  static ChartPanel linear(String title, String unit, long steps, double maximum) {
    ChartPanel panel = new ChartPanel(title, unit, steps, false);
    panel.chart.getStyler().setYAxisMin(0.0);
    panel.chart.getStyler().setYAxisMax(maximum * 1.05);
    return panel;
  }

  /** Adds the values of all steps in a faint color, and their moving average. */
  ChartPanel noisy(double[] steps, double[] values) {
    add("training, each batch", FAINT, THIN, steps, values);
    add("training, moving average", ChartStyle.BLUE, THICK, steps, smooth(values));
    return this;
  }

  /** Adds one of several similar lines, each in a different color. */
  ChartPanel run(int index, String name, double[] steps, double[] values) {
    add(name, RUN_COLORS[index % RUN_COLORS.length], THIN, steps, values);
    return this;
  }

  ChartPanel line(String name, double[] steps, double[] values) {
    add(name, ChartStyle.BLUE, THICK, steps, values);
    return this;
  }

  ChartPanel otherLine(String name, double[] steps, double[] values) {
    add(name, ChartStyle.ORANGE, THICK, steps, values);
    return this;
  }

  ChartPanel points(String name, double[] steps, double[] values) {
    XYSeries series = add(name, ChartStyle.ORANGE, THIN, steps, values);
    series.setMarker(SeriesMarkers.CIRCLE);
    series.setMarkerColor(ChartStyle.ORANGE);
    return this;
  }

  private XYSeries add(String name, Color color, float width, double[] steps, double[] values) {
    double[] y = values.clone();
    for (int i = 0; i < y.length; i++) {
      y[i] = logarithmic ? Math.max(y[i], MIN_LOGARITHMIC) : y[i];
      min = Math.min(min, y[i]);
      max = Math.max(max, y[i]);
    }
    // XChart places ticks at round numbers only if the values are not equally spaced.
    double[] x = steps.clone();
    x[0] += OFFSET;
    XYSeries series = chart.addSeries(name, x, y);
    series.setMarker(SeriesMarkers.NONE);
    series.setLineColor(color);
    series.setLineStyle(new BasicStroke(width, BasicStroke.CAP_ROUND, BasicStroke.JOIN_ROUND));
    return series;
  }

  /** Returns the finished chart. */
  XYChart chart() {
    if (logarithmic) {
      chart.getStyler().setYAxisMin(RoundTicks.atMost(min));
      chart.getStyler().setYAxisMax(RoundTicks.above(max));
    }
    return chart;
  }

  /** Returns the moving average over 1/40 of all values. */
  private static double[] smooth(double[] values) {
    int radius = values.length / 80;
    double[] means = new double[values.length];
    for (int i = 0; i < values.length; i++) {
      int start = Math.max(0, i - radius);
      int end = Math.min(values.length, i + radius + 1);
      means[i] = Arrays.stream(values, start, end).average().orElseThrow();
    }
    return means;
  }
}
