package io.github.vqvae4j.train;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import de.siegmar.fastcsv.reader.CsvReader;
import de.siegmar.fastcsv.reader.CsvRecord;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The table of metrics, read by a CSV parser that requires rows of equal length. */
@Timeout(60)
class MetricsTableTest {
  @TempDir private Path folder;
  private Path file;
  private MetricsTable table;

  @BeforeEach
  void create() {
    file = folder.resolve("metrics.csv");
    table = new MetricsTable(file);
  }

  private static List<Metric> metrics(Object... namesAndValues) {
    return IntStream.range(0, namesAndValues.length / 2)
        .mapToObj(
            i ->
                new Metric(
                    (String) namesAndValues[2 * i],
                    ((Number) namesAndValues[2 * i + 1]).doubleValue()))
        .toList();
  }

  /** Returns the fields of each record of a CSV file. */
  static List<List<String>> read(Path csv) throws IOException {
    try (CsvReader<CsvRecord> reader = CsvReader.builder().ofCsvRecord(csv)) {
      List<List<String>> rows = reader.stream().map(CsvRecord::getFields).toList();
      rows.forEach(row -> assertEquals(rows.get(0).size(), row.size(), row.toString()));
      return rows;
    }
  }

  @Test
  void laterColumnsAreEmptyInEarlierRows() throws IOException {
    table.add(1, metrics("a", 1, "b", 0.1));
    table.add(2, metrics("b", 2, "a", Double.NaN));
    table.add(2, metrics("c", 3));
    table.add(3, metrics("a", Double.POSITIVE_INFINITY, "d", 1e-40, "e", -0.0));
    table.add(4, metrics());
    assertEquals(
        List.of(
            List.of("step", "a", "b", "c", "d", "e"),
            List.of("1", "1.0", "0.1", "", "", ""),
            List.of("2", "NaN", "2.0", "", "", ""),
            List.of("2", "", "", "3.0", "", ""),
            List.of("3", "Infinity", "", "", "1.0E-40", "-0.0"),
            List.of("4", "", "", "", "", "")),
        read(file));
    assertEquals(5, table.rows());
  }

  @Test
  void newNamesInEveryStepAreIgnoredAfterAWhile() throws IOException {
    try (CapturedLog log = new CapturedLog(MetricsTable.class)) {
      for (int step = 1; step <= 230; step++) {
        table.add(step, metrics("loss", step, "step" + step, 0.5 * step));
        assertEquals(step < 200 ? 0 : 1, log.warnings().size(), "step " + step);
      }
      assertTrue(log.warnings().get(0).contains("200 columns"), log.warnings().get(0));
      assertTrue(log.warnings().get(0).contains("step200"), log.warnings().get(0));
    }
    List<List<String>> rows = read(file);
    assertEquals(231, rows.size());
    assertEquals(201, rows.get(0).size());
    assertEquals("step199", rows.get(0).get(200));
    assertEquals("99.5", rows.get(199).get(200));
    assertEquals("230.0", rows.get(230).get(1));
  }

  @Test
  void namesWithSpecialCharactersAreQuoted() throws IOException {
    List<String> names = List.of("a, b", "\"quoted\"", "two\nlines", "Länge", " space ", "a\r", "");
    for (int i = 0; i < names.size(); i++) {
      table.add(i, metrics(names.get(i), i));
    }
    List<List<String>> rows = read(file);
    assertEquals(names, rows.get(0).subList(1, names.size() + 1));
    for (int i = 0; i < names.size(); i++) {
      for (int j = 0; j < names.size(); j++) {
        assertEquals(i == j ? i + ".0" : "", rows.get(1 + i).get(1 + j), i + " " + j);
      }
    }
  }

  @Test
  void aNameThatOccursTwiceHasOneColumn() throws IOException {
    table.add(1, metrics("a", 1));
    table.add(2, metrics("a", 2, "b", 3, "b", 4));
    assertEquals(
        List.of(List.of("step", "a", "b"), List.of("1", "1.0", ""), List.of("2", "2.0", "3.0")),
        read(file));
  }

  @Test
  void aReaderSeesTheOldOrTheNewTable() throws IOException {
    AtomicBoolean done = new AtomicBoolean();
    table.add(0, metrics("m", 0));
    CompletableFuture<Integer> reader =
        CompletableFuture.supplyAsync(
            () -> {
              int rows = 0;
              while (!done.get()) {
                rows = Math.max(rows, checkLines(rows));
              }
              return rows;
            });
    for (int i = 1; i <= 200; i++) {
      table.add(i, metrics("m" + i / 3, i)); // a new column in every third row
    }
    done.set(true);
    assertTrue(reader.join() > 1);
    assertEquals(202, read(file).size());
    assertArrayEquals(new String[] {"metrics.csv"}, folder.toFile().list(), "no temporary file");
  }

  /** Checks the complete lines of the table, and returns their number. */
  private int checkLines(int atLeast) {
    try {
      String text = Files.readString(file);
      String[] lines = text.substring(0, text.lastIndexOf('\n')).split("\n");
      assertTrue(lines.length >= atLeast, lines.length + " lines after " + atLeast);
      long commas = lines[0].chars().filter(c -> c == ',').count();
      for (String line : lines) {
        assertEquals(commas, line.chars().filter(c -> c == ',').count(), line);
      }
      return lines.length;
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }

  @Test
  void aDeletedTableIsNotWrittenAgain() throws IOException {
    table.add(1, metrics("a", 1));
    Files.delete(file);
    assertThrows(NoSuchFileException.class, () -> table.add(2, metrics("a", 2)));
    assertThrows(NoSuchFileException.class, () -> table.add(3, metrics("b", 2)));
  }

  @Test
  void aFailedRewriteLeavesTheTableAndItsColumns() throws IOException {
    table.add(1, metrics("a", 1));
    byte[] before = Files.readAllBytes(file);
    Path moved = folder.resolve("moved.csv");
    Files.move(file, moved);
    assertThrows(IOException.class, () -> table.add(2, metrics("b", 2)));
    Files.move(moved, file);
    assertArrayEquals(before, Files.readAllBytes(file));
    table.add(3, metrics("b", 3));
    assertEquals(
        List.of(List.of("step", "a", "b"), List.of("1", "1.0", ""), List.of("3", "", "3.0")),
        read(file));
  }
}
