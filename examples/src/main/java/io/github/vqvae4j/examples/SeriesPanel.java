package io.github.vqvae4j.examples;

import java.awt.BasicStroke;
import java.awt.Color;
import java.util.List;
import org.knowm.xchart.XYChart;
import org.knowm.xchart.XYChartBuilder;
import org.knowm.xchart.XYSeries;
import org.knowm.xchart.XYSeries.XYSeriesRenderStyle;
import org.knowm.xchart.style.XYStyler;
import org.knowm.xchart.style.markers.SeriesMarkers;

/** A chart of a time interval. */
final class SeriesPanel {
  private static final int HEIGHT = 260;
  private static final int AXIS = 84;
  private static final Color SHADE = new Color(250, 226, 200);
  private static final BasicStroke LINE =
      new BasicStroke(1, BasicStroke.CAP_ROUND, BasicStroke.JOIN_ROUND);

  /**
   * The number of positions drawn. At samplesPerPosition, the minimum and maximum of its samples
   * are connected.
   */
  private static final int POSITIONS = 2_500;

  private final XYChart chart;
  private final int start;
  private final int end;
  private final Timeline time;
  private final double low;
  private final double high;
  private int shades;

  /**
   * Creates an empty chart.
   *
   * @param title the title, or an empty string
   * @param unit the label of the value axis
   * @param start the index of the first sample
   * @param end the index after the last sample
   * @param time the position of the samples in the file
   * @param low the lower limit of the value axis
   * @param high the upper limit of the value axis
   */
  SeriesPanel(
      String title, String unit, int start, int end, Timeline time, double low, double high) {
    this.start = start;
    this.end = end;
    this.time = time;
    this.low = low;
    this.high = high;
    chart =
        new XYChartBuilder()
            .width(ChartStyle.WIDTH)
            .height(HEIGHT)
            .title(title)
            .xAxisTitle(time.unit())
            .yAxisTitle(unit)
            .build();
    XYStyler style = chart.getStyler();
    ChartStyle.apply(style);
    style.setChartTitleVisible(!title.isEmpty());
    style.setXAxisMin(time.position(start));
    style.setXAxisMax(time.position(end));
    style.setYAxisMin(low);
    style.setYAxisMax(high);
    style.setYAxisLeftWidthHint(AXIS);
    style.setYAxisTickMarkSpacingHint(30);
  }

  /** Shades time intervals. */
  SeriesPanel shade(String name, List<int[]> intervals) {
    for (int[] interval : intervals) {
      double[] x = {
        time.position(Math.max(start, interval[0])), time.position(Math.min(end, interval[1]))
      };
      if (x[0] < x[1]) {
        shade(name, x, high);
        // Areas end at 0 if that is within the chart, hence one area for each side.
        shade(name, x, low);
      }
    }
    return this;
  }

  /** Adds an area; the first has the name in the legend. */
  private void shade(String name, double[] x, double edge) {
    shades++;
    String unique = shades == 1 ? name : name + " " + shades;
    XYSeries area = chart.addSeries(unique, x, new double[] {edge, edge});
    area.setShowInLegend(shades == 1);
    area.setXYSeriesRenderStyle(XYSeriesRenderStyle.Area);
    area.setFillColor(SHADE);
    area.setLineColor(SHADE);
    area.setMarker(SeriesMarkers.NONE);
  }

  /** Adds a line for one channel of samples [time, channels]. */
  SeriesPanel line(String name, Color color, float[] samples, int channels, int channel) {
    int samplesPerPosition = Math.max(1, (end - start) / POSITIONS);
    int positions = (end - start + samplesPerPosition - 1) / samplesPerPosition;
    double[] x = new double[2 * positions];
    double[] y = new double[2 * positions];
    for (int i = 0; i < positions; i++) {
      double min = Double.MAX_VALUE;
      double max = -Double.MAX_VALUE;
      int first = start + i * samplesPerPosition;
      for (int t = first; t < Math.min(end, first + samplesPerPosition); t++) {
        min = Math.min(min, samples[t * channels + channel]);
        max = Math.max(max, samples[t * channels + channel]);
      }
      x[2 * i] = x[2 * i + 1] = time.position(first);
      y[2 * i] = clamp(min);
      y[2 * i + 1] = clamp(max);
    }
    return add(name, color, x, y);
  }

  /** Adds a horizontal line. */
  SeriesPanel level(String name, Color color, double value) {
    double[] x = {time.position(start), time.position(end)};
    return add(name, color, x, new double[] {clamp(value), clamp(value)});
  }

  private double clamp(double value) {
    return Math.max(low, Math.min(high, value));
  }

  private SeriesPanel add(String name, Color color, double[] x, double[] y) {
    XYSeries series = chart.addSeries(name, x, y);
    series.setMarker(SeriesMarkers.NONE);
    series.setLineColor(color);
    series.setLineStyle(LINE);
    return this;
  }

  /** Returns the finished chart. */
  XYChart chart() {
    return chart;
  }
}
