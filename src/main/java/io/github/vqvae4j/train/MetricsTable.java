package io.github.vqvae4j.train;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/**
 * {@code metrics.csv}: a column for each figure; a row of a training step leaves those of
 * evaluations empty, and the other way round. Each row is on the disk when it was added.
 */
final class MetricsTable {
  private final Path file;
  private final List<String> columns;
  private int rows;

  private MetricsTable(Path file, List<String> columns) {
    this.file = file;
    this.columns = columns;
  }

  /** A new table for the figures of a first training step and those of evaluations. */
  static MetricsTable create(Path file, List<Metric> ofStep) throws IOException {
    List<String> columns =
        Stream.concat(ofStep.stream().map(Metric::name), Metric.ofEvaluations(ofStep).stream())
            .toList();
    Files.writeString(file, "step," + String.join(",", columns) + "\n");
    return new MetricsTable(file, columns);
  }

  void add(long step, List<Metric> metrics) throws IOException {
    List<String> cells = new ArrayList<>();
    cells.add(String.valueOf(step));
    for (String column : columns) {
      cells.add(
          metrics.stream()
              .filter(metric -> metric.name().equals(column))
              .map(metric -> String.valueOf((float) metric.value()))
              .findFirst()
              .orElse(""));
    }
    Files.writeString(file, String.join(",", cells) + "\n", StandardOpenOption.APPEND);
    rows++;
  }

  int rows() {
    return rows;
  }
}
