package io.github.vqvae4j.train;

import java.io.FileOutputStream;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/**
 * Writes {@code metrics.csv}, which has one column per metric. Rows of training steps leave the
 * evaluation columns empty, and vice versa. Each row is written to disk immediately.
 */
final class MetricsTable {
  private final Path file;
  private final List<String> columns;
  private int rows;

  private MetricsTable(Path file, List<String> columns) {
    this.file = file;
    this.columns = columns;
  }

  /** Creates a table with columns for the metrics of training steps and evaluations. */
  static MetricsTable create(Path file, List<Metric> stepMetrics) throws IOException {
    List<String> columns =
        Stream.concat(
                stepMetrics.stream().map(Metric::name),
                Metric.evaluationNames(stepMetrics).stream())
            .toList();
    MetricsTable table = new MetricsTable(file, columns);
    table.append("step," + String.join(",", columns));
    return table;
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
    append(String.join(",", cells));
    rows++;
  }

  /**
   * Appends a line, or removes a partly written one on failure. Does not use a channel, since an
   * interrupted thread would close it.
   */
  private void append(String line) throws IOException {
    if (rows > 0 && !Files.exists(file)) {
      throw new NoSuchFileException(file.toString(), null, "it was deleted during the run");
    }
    long length = file.toFile().length();
    try (FileOutputStream out = new FileOutputStream(file.toFile(), true)) {
      out.write((line + "\n").getBytes(StandardCharsets.UTF_8));
    } catch (IOException e) {
      truncate(length, e);
      throw e;
    }
  }

  private void truncate(long length, IOException failure) {
    try (RandomAccessFile table = new RandomAccessFile(file.toFile(), "rw")) {
      table.setLength(length);
    } catch (IOException e) {
      failure.addSuppressed(e);
    }
  }

  int rows() {
    return rows;
  }
}
