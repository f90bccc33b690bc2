package io.github.vqvae4j.benchmarks.report;

import io.github.vqvae4j.benchmarks.Workload;
import java.awt.Color;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.knowm.xchart.BitmapEncoder;
import org.knowm.xchart.BitmapEncoder.BitmapFormat;
import org.knowm.xchart.CategoryChart;
import org.knowm.xchart.CategoryChartBuilder;
import org.knowm.xchart.style.Styler.LegendPosition;

/** A bar chart of images per second. */
public final class ThroughputChart {
  private ThroughputChart() {}

  private static String label(Row row) {
    return row.name().replace(" step", "")
        + " "
        + row.batch()
        + (row.codebookSize() == Workload.CODEBOOK_SIZE ? "" : ", K " + row.codebookSize())
        + (row.imageSize() == Workload.IMAGE_SIZE
            ? ""
            : ", " + row.imageSize() + "x" + row.imageSize());
  }

  /**
   * Writes the chart.
   *
   * @param rows the rows; those with a unit other than images per second are ignored
   * @param file the PNG file
   * @throws IOException if the file cannot be written
   */
  public static void write(List<Row> rows, Path file) throws IOException {
    Map<String, Map<String, Double>> bars = new LinkedHashMap<>();
    List<String> workloads = new ArrayList<>();
    for (Row row : rows) {
      if (row.unit().equals(Row.IMAGES_PER_SECOND)) {
        String workload = label(row);
        if (!workloads.contains(workload)) {
          workloads.add(workload);
        }
        bars.computeIfAbsent("vqvae4j", name -> new LinkedHashMap<>()).put(workload, row.value());
        bars.computeIfAbsent(row.baseline(), name -> new LinkedHashMap<>())
            .put(workload, row.baselineValue());
      }
    }
    CategoryChart chart =
        new CategoryChartBuilder()
            .width(1100)
            .height(500)
            .title("Images per second, by task and batch size")
            .build();
    chart.getStyler().setLegendPosition(LegendPosition.InsideNW);
    chart.getStyler().setChartBackgroundColor(Color.WHITE);
    chart.getStyler().setXAxisLabelRotation(30);
    bars.forEach(
        (name, values) ->
            chart.addSeries(
                name,
                workloads,
                workloads.stream().map(s -> values.getOrDefault(s, 0.0)).toList()));
    save(List.of(chart), file);
  }

  /** Writes charts side by side to a PNG file. */
  static void save(
      List<? extends org.knowm.xchart.internal.chartpart.Chart<?, ?>> charts, Path file)
      throws IOException {
    System.setProperty("java.awt.headless", "true");
    Files.createDirectories(file.getParent());
    try (OutputStream png = Files.newOutputStream(file)) {
      BitmapEncoder.saveBitmap(charts, 1, charts.size(), png, BitmapFormat.PNG);
    }
  }
}
