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

/** Lines: how time grows, both axes logarithmic. */
public final class GrowthChart {
  private record Point(double x, double y) {}

  private final List<XYChart> charts = new ArrayList<>();

  /** Without a chart yet. */
  public GrowthChart() {}

  /**
   * Adds a chart.
   *
   * @param section whose title names what grows
   * @param grows what that is
   * @return this
   */
  public GrowthChart add(Section section, ToIntFunction<Row> grows) {
    Map<String, List<Point>> lines = new LinkedHashMap<>();
    for (Row row : section.rows()) {
      int x = grows.applyAsInt(row);
      lines
          .computeIfAbsent("vqvae4j, " + row.name(), name -> new ArrayList<>())
          .add(new Point(x, row.ours()));
      lines
          .computeIfAbsent(row.peer() + ", " + row.name(), name -> new ArrayList<>())
          .add(new Point(x, row.theirs()));
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
   * Writes all of them side by side.
   *
   * @param file PNG
   * @throws IOException if it cannot be written
   */
  public void write(Path file) throws IOException {
    Chart.save(charts, file);
  }
}
