package io.github.vqvae4j.train;

import io.github.vqvae4j.io.AtomicFile;
import io.github.vqvae4j.io.BadFileException;
import io.github.vqvae4j.io.FileNames;
import io.github.vqvae4j.io.MessageText;
import io.github.vqvae4j.log.internal.Log;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.slf4j.Logger;

/**
 * Writes {@code metrics.csv}, which has one column per metric. A row has empty cells for metrics
 * that it does not have: rows of training steps do not have those of evaluations, and vice versa.
 * The table is rewritten when metrics with new names appear, as in the first evaluation; after 200,
 * further names are ignored. Each row is written to disk immediately.
 */
final class MetricsTable {
  private static final Logger LOG = Log.of(MetricsTable.class);
  static final String STEP = "step";

  /** The maximum number of columns: the whole table is rewritten for a new one. */
  private static final int MAX_COLUMNS = 200;

  private final Path file;
  private final Set<String> columns = new LinkedHashSet<>();
  private String header = "";
  private int rows;
  private boolean warned;

  /** Whether a table that is continued has an evaluation of the last step that was kept. */
  private boolean hasEvaluation;

  /** Creates a table without writing it. */
  MetricsTable(Path file) {
    this.file = file;
  }

  /**
   * Continues a table after a step, as if later rows had never been written: they are removed, with
   * the columns that only they had, and so is an incomplete or damaged row with everything after
   * it, which is logged.
   *
   * @param file the table; if there is none, it starts with the next row
   * @param step the last step whose rows are kept
   * @throws BadFileException if the table has no header
   */
  static MetricsTable resume(Path file, long step) throws IOException {
    MetricsTable table = new MetricsTable(file);
    if (Files.exists(file)) {
      MetricsRows kept = MetricsRows.read(file, step);
      table.rewrite(kept);
      table.hasEvaluation = kept.hasEvaluation(step);
    }
    return table;
  }

  private void rewrite(MetricsRows kept) throws IOException {
    if (kept.rows().isEmpty()) {
      Files.delete(file);
      return;
    }
    String newHeader = header(kept.columns());
    byte[] bytes =
        (newHeader + String.join("\n", kept.rows()) + "\n").getBytes(StandardCharsets.UTF_8);
    AtomicFile.write(file, out -> out.write(bytes));
    columns.addAll(kept.columns());
    header = newHeader;
    rows = kept.rows().size();
  }

  void add(long step, List<Metric> metrics) throws IOException {
    List<String> added =
        metrics.stream()
            .map(Metric::name)
            .filter(name -> !columns.contains(name))
            .limit(MAX_COLUMNS - columns.size())
            .toList();
    warnIfFull(metrics, added);
    if (!added.isEmpty() || header.isEmpty()) {
      addColumns(added);
    }
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

  /** Warns once if there are metrics without a column. */
  private void warnIfFull(List<Metric> metrics, List<String> added) {
    boolean full = columns.size() + added.size() == MAX_COLUMNS;
    if (!full || warned) {
      return;
    }
    metrics.stream()
        .map(Metric::name)
        .filter(name -> !columns.contains(name) && !added.contains(name))
        .findFirst()
        .ifPresent(
            name -> {
              warned = true;
              LOG.warn(
                  "{} has {} columns, the maximum: {} and other new metrics are not written. Use"
                      + " the same names of metrics in every step.",
                  FileNames.path(file),
                  MAX_COLUMNS,
                  MessageText.excerpt(name));
            });
  }

  /** Rewrites the table with further columns, whose cells are empty in existing rows. */
  private void addColumns(Collection<String> added) throws IOException {
    String existing = rows == 0 ? "" : text().substring(header.length());
    Set<String> all = new LinkedHashSet<>(columns);
    all.addAll(added);
    String newHeader = header(all);
    String rowEnd = ",".repeat(all.size() - columns.size()) + "\n";
    byte[] bytes = (newHeader + existing.replace("\n", rowEnd)).getBytes(StandardCharsets.UTF_8);
    AtomicFile.write(file, out -> out.write(bytes));
    columns.addAll(added);
    header = newHeader;
  }

  /** Returns the first line of the table. Names with a special character are quoted (RFC 4180). */
  private static String header(Collection<String> names) {
    return STEP
        + names.stream().map(MetricsTable::cell).map(","::concat).collect(Collectors.joining())
        + "\n";
  }

  private static String cell(String name) {
    return name.matches("[^\",\r\n]*") ? name : '"' + name.replace("\"", "\"\"") + '"';
  }

  private String text() throws IOException {
    if (!Files.exists(file)) {
      throw new NoSuchFileException(file.toString(), null, "it was deleted during the run");
    }
    return Files.readString(file);
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

  /**
   * Returns whether the table has been continued after a step, and has an evaluation of it: that
   * the run repeats if its checkpoint is older.
   */
  boolean hasEvaluation() {
    return hasEvaluation;
  }

  int rows() {
    return rows;
  }
}
