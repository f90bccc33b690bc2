package io.github.vqvae4j.examples;

import java.awt.BasicStroke;
import java.awt.Color;
import java.util.Arrays;
import org.knowm.xchart.XYChart;
import org.knowm.xchart.XYChartBuilder;
import org.knowm.xchart.XYSeries;
import org.knowm.xchart.style.XYStyler;
import org.knowm.xchart.style.markers.SeriesMarkers;

/** One diagram over the steps of a run. */
final class ChartPanel {
  private static final int HEIGHT = 340;
  private static final int AXIS = 84;
  private static final int TICKS = 100;
  private static final float THIN = 1;
  private static final float THICK = 2.5f;
  private static final Color FAINT = new Color(178, 205, 230);
  private static final Color[] COLD = {
    ChartStyle.BLUE, new Color(20, 140, 130), new Color(120, 80, 170)
  };

  private static final double UNEVEN = 0.01;

  /** A logarithmic axis takes nothing at or below zero. */
  private static final double LEAST = 1e-9;

  private final XYChart chart;
  private final boolean logarithmic;
  private double least = Double.MAX_VALUE;
  private double most;

  private ChartPanel(String title, String unit, long steps, boolean logarithmic) {
    this.logarithmic = logarithmic;
    chart =
        new XYChartBuilder()
            .width(ChartStyle.WIDTH)
            .height(HEIGHT)
            .title(title)
            .xAxisTitle("step")
            .yAxisTitle(unit)
            .build();
    XYStyler style = chart.getStyler();
    style.setXAxisMin(0.0);
    style.setXAxisMax((double) steps);
    style.setXAxisTickMarkSpacingHint(TICKS);
    style.setYAxisLeftWidthHint(AXIS);
    ChartStyle.apply(style);
  }

  /** A diagram for values that shrink by factors. */
  static ChartPanel logarithmic(String title, String unit, long steps) {
    ChartPanel panel = new ChartPanel(title, unit, steps, true);
    panel.chart.getStyler().setYAxisLogarithmic(true);
    panel.chart.getStyler().setYAxisLogarithmicDecadeOnly(false);
    panel.chart.getStyler().setYAxisTickLabelsFormattingFunction(RoundNumbers::label);
    return panel;
  }

  /** A diagram for values from 0 to a largest one. */
  static ChartPanel linear(String title, String unit, long steps, double largest) {
    ChartPanel panel = new ChartPanel(title, unit, steps, false);
    panel.chart.getStyler().setYAxisMin(0.0);
    panel.chart.getStyler().setYAxisMax(largest * 1.05);
    return panel;
  }

  /** The values of each step faintly, and a moving average over them. */
  ChartPanel noisy(double[] steps, double[] values) {
    add("batch", FAINT, THIN, steps, values);
    add("average", ChartStyle.BLUE, THICK, steps, smooth(values));
    return this;
  }

  /** One of several lines of a kind, each in a colour of its own. */
  ChartPanel oneOf(int number, String name, double[] steps, double[] values) {
    add(name, COLD[number % COLD.length], THIN, steps, values);
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
      y[i] = logarithmic ? Math.max(y[i], LEAST) : y[i];
      least = Math.min(least, y[i]);
      most = Math.max(most, y[i]);
    }
    // Ticks stand at round numbers only if the values are not equally spaced.
    double[] x = steps.clone();
    x[0] += UNEVEN;
    XYSeries series = chart.addSeries(name, x, y);
    series.setMarker(SeriesMarkers.NONE);
    series.setLineColor(color);
    series.setLineStyle(new BasicStroke(width, BasicStroke.CAP_ROUND, BasicStroke.JOIN_ROUND));
    return series;
  }

  /** The finished diagram. */
  XYChart chart() {
    if (logarithmic) {
      chart.getStyler().setYAxisMin(RoundNumbers.atMost(least));
      chart.getStyler().setYAxisMax(RoundNumbers.above(most));
    }
    return chart;
  }

  /** The mean of each value and those around it, 1 in 40 of all. */
  private static double[] smooth(double[] values) {
    int radius = values.length / 80;
    double[] means = new double[values.length];
    for (int i = 0; i < values.length; i++) {
      int from = Math.max(0, i - radius);
      int to = Math.min(values.length, i + radius + 1);
      means[i] = Arrays.stream(values, from, to).average().orElseThrow();
    }
    return means;
  }
}
