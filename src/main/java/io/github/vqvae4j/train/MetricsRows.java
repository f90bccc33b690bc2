package io.github.vqvae4j.train;

import io.github.vqvae4j.io.BadFileException;
import io.github.vqvae4j.io.FileNames;
import io.github.vqvae4j.io.MessageText;
import io.github.vqvae4j.log.internal.Log;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import org.slf4j.Logger;

/**
 * The first rows of a {@link MetricsTable} that was written earlier.
 *
 * @param columns the names of the columns with values in these rows, without that of the step
 * @param rows the rows, as they are in the file but without empty cells for further columns
 */
record MetricsRows(List<String> columns, List<String> rows) {
  private static final Logger LOG = Log.of(MetricsTable.class);

  /**
   * Reads the rows up to a step. Reading ends, with a warning, at a row that is incomplete or
   * damaged.
   *
   * <p>Columns are added when a row has a value for them, so the columns without a value are the
   * last ones: those that only later rows had.
   *
   * @throws BadFileException if the table has no header with different names
   */
  static MetricsRows read(Path file, long step) throws IOException {
    // Not Files.readString, which fails if a damaged row is not valid UTF-8.
    String text = new String(Files.readAllBytes(file), StandardCharsets.UTF_8);
    int start = headerLength(text);
    List<String> names = names(text.substring(0, start));
    boolean distinct = new HashSet<>(names).size() == names.size();
    if (start == 0 || !distinct || !names.get(0).equals(MetricsTable.STEP)) {
      throw new BadFileException(
          file,
          "line 1",
          "expected different names of the columns, the first of which is "
              + MetricsTable.STEP
              + ", got \""
              + MessageText.excerpt(text)
              + "\"; to continue the run with a new table, move this file elsewhere");
    }
    List<String> rows = new ArrayList<>();
    int used = 0;
    while (start < text.length()) {
      int end = text.indexOf('\n', start);
      String row = text.substring(start, end < 0 ? text.length() : end);
      String[] cells = row.split(",", -1);
      if (end < 0 || !isComplete(cells, names.size())) {
        LOG.warn(
            "{}: row {} is incomplete or damaged: \"{}\". The table is cut off before it, {}"
                + " characters are removed{}.",
            FileNames.path(file),
            rows.size() + 1,
            MessageText.excerpt(row),
            text.length() - start,
            keepDamaged(file, text, end));
        break;
      }
      if (Long.parseLong(cells[0]) > step) {
        break;
      }
      rows.add(row);
      for (int i = used + 1; i < cells.length; i++) {
        used = cells[i].isEmpty() ? used : i;
      }
      start = end + 1;
    }
    int unused = names.size() - 1 - used;
    rows.replaceAll(row -> row.substring(0, row.length() - unused));
    return new MetricsRows(List.copyOf(names.subList(1, 1 + used)), rows);
  }

  /** Returns whether there is a row of an evaluation after a step. */
  boolean hasEvaluation(long step) {
    for (String row : rows) {
      String[] cells = row.split(",", -1);
      for (int i = 1; i < cells.length && Long.parseLong(cells[0]) == step; i++) {
        if (!cells[i].isEmpty() && columns.get(i - 1).startsWith(MetricNames.VALIDATION)) {
          return true;
        }
      }
    }
    return false;
  }

  /**
   * Copies the table if there are rows after the damaged one: not if a process was killed while it
   * wrote the last one.
   *
   * @return the end of a message about the copy; empty if there is none
   */
  private static String keepDamaged(Path file, String text, int end) throws IOException {
    if (end < 0 || end == text.length() - 1) {
      return "";
    }
    Path copy = file.resolveSibling(FileNames.name(file) + ".damaged");
    Files.copy(file, copy, StandardCopyOption.REPLACE_EXISTING);
    return ", and kept in " + FileNames.path(copy);
  }

  /** Returns the length of the first line with its end; 0 if there is none. */
  private static int headerLength(String text) {
    boolean quoted = false;
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      quoted ^= c == '"';
      if (c == '\n' && !quoted) {
        return i + 1;
      }
    }
    return 0;
  }

  /** Returns the cells of the header, which may be quoted (RFC 4180). */
  private static List<String> names(String header) {
    List<String> names = new ArrayList<>();
    StringBuilder name = new StringBuilder();
    boolean quoted = false;
    for (int i = 0; i < header.length(); i++) {
      char c = header.charAt(i);
      if (c == '"') {
        // A quote within quotes is written twice.
        if (!quoted && i > 0 && header.charAt(i - 1) == '"') {
          name.append(c);
        }
        quoted = !quoted;
      } else if (quoted || c != ',' && c != '\n') {
        name.append(c);
      } else {
        names.add(name.toString());
        name.setLength(0);
      }
    }
    return names;
  }

  /** Returns whether a row has a step and, in each column, a number or nothing. */
  private static boolean isComplete(String[] cells, int columns) {
    if (cells.length != columns) {
      return false;
    }
    try {
      Long.parseLong(cells[0]);
      for (int i = 1; i < columns; i++) {
        if (!cells[i].isEmpty()) {
          Float.parseFloat(cells[i]);
        }
        if (cells[i].chars().anyMatch(c -> c <= ' ')) { // which parseFloat ignores
          return false;
        }
      }
      return true;
    } catch (NumberFormatException e) {
      return false;
    }
  }
}
