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

/** One diagram over a stretch of time. */
final class SeriesPanel {
  private static final int HEIGHT = 180;
  private static final int AXIS = 84;
  private static final Color SHADE = new Color(250, 226, 200);
  private static final BasicStroke LINE =
      new BasicStroke(1, BasicStroke.CAP_ROUND, BasicStroke.JOIN_ROUND);

  /** So many places are drawn; of what lies between two, the least and the largest. */
  private static final int PLACES = 2_500;

  private final XYChart chart;
  private final int from;
  private final int to;
  private final Timeline time;
  private final double low;
  private final double high;
  private int shades;

  /**
   * An empty one.
   *
   * @param from the first sample
   * @param to one past the last
   * @param time where they stand in the file
   * @param low end of the axis of values
   */
  SeriesPanel(String title, String unit, int from, int to, Timeline time, double low, double high) {
    this.from = from;
    this.to = to;
    this.time = time;
    this.low = low;
    this.high = high;
    chart =
        new XYChartBuilder()
            .width(ChartStyle.WIDTH)
            .height(HEIGHT)
            .title(title)
            .yAxisTitle(unit)
            .build();
    XYStyler style = chart.getStyler();
    ChartStyle.apply(style);
    style.setLegendVisible(false);
    style.setChartTitleVisible(!title.isEmpty());
    style.setXAxisMin(time.position(from));
    style.setXAxisMax(time.position(to));
    style.setYAxisMin(low);
    style.setYAxisMax(high);
    style.setYAxisLeftWidthHint(AXIS);
    style.setYAxisTickMarkSpacingHint(30);
    style.setXAxisTitleVisible(false);
  }

  /** Shades some times. */
  SeriesPanel shade(List<int[]> stretches) {
    for (int[] stretch : stretches) {
      double[] x = {
        time.position(Math.max(from, stretch[0])), time.position(Math.min(to, stretch[1]))
      };
      if (x[0] < x[1]) {
        shade(x, high);
        // An area ends at 0, if that is to be seen.
        shade(x, low);
      }
    }
    return this;
  }

  private void shade(double[] x, double edge) {
    shades++;
    XYSeries area = chart.addSeries("shade " + shades, x, new double[] {edge, edge});
    area.setXYSeriesRenderStyle(XYSeriesRenderStyle.Area);
    area.setFillColor(SHADE);
    area.setLineColor(SHADE);
    area.setMarker(SeriesMarkers.NONE);
  }

  /** A line through one channel of samples [time, channels]. */
  SeriesPanel line(String name, Color color, float[] samples, int channels, int channel) {
    int each = Math.max(1, (to - from) / PLACES);
    int places = (to - from + each - 1) / each;
    double[] x = new double[2 * places];
    double[] y = new double[2 * places];
    for (int i = 0; i < places; i++) {
      double least = Double.MAX_VALUE;
      double most = -Double.MAX_VALUE;
      int start = from + i * each;
      for (int t = start; t < Math.min(to, start + each); t++) {
        least = Math.min(least, samples[t * channels + channel]);
        most = Math.max(most, samples[t * channels + channel]);
      }
      x[2 * i] = x[2 * i + 1] = time.position(start);
      y[2 * i] = clamp(least);
      y[2 * i + 1] = clamp(most);
    }
    return add(name, color, x, y);
  }

  /** A line at one height. */
  SeriesPanel level(String name, Color color, double value) {
    double[] x = {time.position(from), time.position(to)};
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

  /** The finished diagram. */
  XYChart chart() {
    return chart;
  }
}
