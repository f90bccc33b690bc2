package io.github.vqvae4j.benchmarks.report;

import java.awt.Color;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.ToIntFunction;
import org.knowm.xchart.XYChart;
import org.knowm.xchart.XYChartBuilder;
import org.knowm.xchart.style.Styler.LegendPosition;

/** Log-log line charts of time against batch, codebook or image size. */
public final class ScalingChart {
  private record Point(double x, double y) {}

  private final List<XYChart> charts = new ArrayList<>();

  /** Creates an empty figure. */
  public ScalingChart() {}

  /**
   * Adds a chart.
   *
   * @param section the section, whose title is the label of the x axis
   * @param size the value on the x axis
   * @return this
   */
  public ScalingChart add(Section section, ToIntFunction<Row> size) {
    Map<String, List<Point>> lines = new LinkedHashMap<>();
    for (Row row : section.rows()) {
      int x = size.applyAsInt(row);
      lines
          .computeIfAbsent("vqvae4j, " + row.name(), name -> new ArrayList<>())
          .add(new Point(x, row.value()));
      lines
          .computeIfAbsent(row.baseline() + ", " + row.name(), name -> new ArrayList<>())
          .add(new Point(x, row.baselineValue()));
    }
    XYChart chart =
        new XYChartBuilder()
            .width(550)
            .height(500)
            .xAxisTitle(section.title())
            .yAxisTitle("milliseconds")
            .build();
    chart.getStyler().setXAxisLogarithmic(true);
    chart.getStyler().setYAxisLogarithmic(true);
    chart.getStyler().setLegendPosition(LegendPosition.InsideNW);
    chart.getStyler().setChartBackgroundColor(Color.WHITE);
    lines.forEach(
        (name, points) ->
            chart.addSeries(
                name,
                points.stream().mapToDouble(Point::x).toArray(),
                points.stream().mapToDouble(Point::y).toArray()));
    charts.add(chart);
    return this;
  }

  /**
   * Writes the charts side by side.
   *
   * @param file the PNG file
   * @throws IOException if the file cannot be written
   */
  public void write(Path file) throws IOException {
    ThroughputChart.save(charts, file);
  }
}
