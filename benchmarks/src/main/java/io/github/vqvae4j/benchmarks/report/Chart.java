package io.github.vqvae4j.benchmarks.report;

import io.github.vqvae4j.benchmarks.Setting;
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

/** Bars: images per second of everybody. */
public final class Chart {
  private Chart() {}

  private static String label(Row row) {
    return row.name().replace(" step", "")
        + " "
        + row.batch()
        + (row.codebookSize() == Setting.CODEBOOK_SIZE ? "" : ", K " + row.codebookSize())
        + (row.imageSize() == Setting.IMAGE_SIZE
            ? ""
            : ", " + row.imageSize() + "x" + row.imageSize());
  }

  /**
   * Writes it.
   *
   * @param rows with images per second; others are passed over
   * @param file PNG
   * @throws IOException if it cannot be written
   */
  public static void write(List<Row> rows, Path file) throws IOException {
    Map<String, Map<String, Double>> bars = new LinkedHashMap<>();
    List<String> settings = new ArrayList<>();
    for (Row row : rows) {
      if (row.unit().equals(Row.IMAGES_PER_SECOND)) {
        String setting = label(row);
        if (!settings.contains(setting)) {
          settings.add(setting);
        }
        bars.computeIfAbsent("vqvae4j", who -> new LinkedHashMap<>()).put(setting, row.ours());
        bars.computeIfAbsent(row.peer(), who -> new LinkedHashMap<>()).put(setting, row.theirs());
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
        (who, values) ->
            chart.addSeries(
                who, settings, settings.stream().map(s -> values.getOrDefault(s, 0.0)).toList()));
    save(List.of(chart), file);
  }

  /** Writes charts side by side. */
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
