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

  /** Not through a channel, which an interrupted thread would close. A torn line is taken back. */
  private void append(String line) throws IOException {
    if (rows > 0 && !Files.exists(file)) {
      throw new NoSuchFileException(file.toString(), null, "it was removed during the run");
    }
    long before = file.toFile().length();
    try (FileOutputStream out = new FileOutputStream(file.toFile(), true)) {
      out.write((line + "\n").getBytes(StandardCharsets.UTF_8));
    } catch (IOException e) {
      takeBack(before, e);
      throw e;
    }
  }

  private void takeBack(long length, IOException failure) {
    try (RandomAccessFile whole = new RandomAccessFile(file.toFile(), "rw")) {
      whole.setLength(length);
    } catch (IOException e) {
      failure.addSuppressed(e);
    }
  }

  int rows() {
    return rows;
  }
}
