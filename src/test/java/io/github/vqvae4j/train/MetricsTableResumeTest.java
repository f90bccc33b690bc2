package io.github.vqvae4j.train;

import static io.github.vqvae4j.io.ErrorText.assertMessageContains;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.vqvae4j.io.BadFileException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A continued table has the same bytes as one that was written in one go. */
class MetricsTableResumeTest {
  private record Row(long step, List<Metric> metrics) {}

  /** Training steps, evaluations with columns of their own, and names that must be quoted. */
  private static final List<Row> ROWS =
      List.of(
          row(1, new Metric("loss", 0.1), new Metric("rate", 1e-40)),
          row(10, new Metric("loss", Double.NaN), new Metric("rate", -0.0)),
          row(10, new Metric("a, \"b\"", 3), new Metric("two\nlines", 4)),
          row(20, new Metric("loss", Double.POSITIVE_INFINITY), new Metric("\"Länge\"", 5)),
          row(25),
          row(30, new Metric("loss", 6), new Metric("", 7)),
          row(30, new Metric("a, \"b\"", 8), new Metric("last", 9)));

  @TempDir private Path folder;
  private Path file;
  private byte[] all;

  private static Row row(long step, Metric... metrics) {
    return new Row(step, List.of(metrics));
  }

  @BeforeEach
  void writeAll() throws IOException {
    file = folder.resolve("metrics.csv");
    all = inOneGo(ROWS);
    Files.write(file, all);
  }

  private byte[] inOneGo(List<Row> rows) throws IOException {
    Path other = folder.resolve("other.csv");
    Files.deleteIfExists(other);
    add(new MetricsTable(other), rows);
    return rows.isEmpty() ? new byte[0] : Files.readAllBytes(other);
  }

  private static void add(MetricsTable table, List<Row> rows) throws IOException {
    for (Row row : rows) {
      table.add(row.step, row.metrics);
    }
  }

  private void assertHolds(List<Row> rows) throws IOException {
    assertEquals(!rows.isEmpty(), Files.exists(file));
    if (!rows.isEmpty()) {
      assertArrayEquals(inOneGo(rows), Files.readAllBytes(file), Files.readString(file));
    }
  }

  private void assertContinues(MetricsTable table, int rows) throws IOException {
    assertEquals(rows, table.rows());
    assertHolds(ROWS.subList(0, rows));
    add(table, ROWS.subList(rows, ROWS.size()));
    assertArrayEquals(all, Files.readAllBytes(file), Files.readString(file));
    assertEquals(ROWS.size(), table.rows());
  }

  @Test
  void continuesAfterEachStepWithTheSameBytes() throws IOException {
    try (CapturedLog log = new CapturedLog(MetricsTable.class)) {
      for (long step = 0; step <= 31; step++) {
        long last = step;
        int kept = (int) ROWS.stream().filter(row -> row.step <= last).count();
        assertContinues(MetricsTable.resume(file, step), kept);
      }
      assertEquals(List.of(), log.all());
    }
  }

  @Test
  void continuesAfterEachTruncationOfTheRows() throws IOException {
    String text = new String(all, StandardCharsets.ISO_8859_1);
    int header = text.indexOf("\n1,") + 1;
    for (int length = header; length <= all.length; length++) {
      Files.write(file, Arrays.copyOf(all, length));
      String rows = text.substring(header, length);
      try (CapturedLog log = new CapturedLog(MetricsTable.class)) {
        MetricsTable table = MetricsTable.resume(file, Long.MAX_VALUE);
        boolean incomplete = !rows.isEmpty() && !rows.endsWith("\n");
        assertEquals(incomplete ? 1 : 0, log.warnings().size(), "length " + length);
        assertContinues(table, (int) rows.chars().filter(c -> c == '\n').count());
      }
    }
  }

  /** Headers are written atomically: an incomplete one is damage. */
  @Test
  void eachTruncationOfTheHeaderIsRejected() throws IOException {
    int header = new String(all, StandardCharsets.ISO_8859_1).indexOf("\n1,") + 1;
    for (int length = 0; length < header; length++) {
      byte[] truncated = Arrays.copyOf(all, length);
      Files.write(file, truncated);
      assertMessageContains(
          assertThrows(
              BadFileException.class, () -> MetricsTable.resume(file, 10), "length " + length),
          "metrics.csv: line 1",
          "first of which is step",
          "move this file elsewhere");
      assertArrayEquals(truncated, Files.readAllBytes(file));
    }
    for (String other : List.of("epoch,loss\n", "step,step\n", "step,\"step\"\n")) {
      Files.writeString(file, other + "1,2.0\n");
      assertThrows(BadFileException.class, () -> MetricsTable.resume(file, 10), other);
    }
  }

  @Test
  void damagedRowsAreCutOffWithAWarning() throws IOException {
    byte[] kept = inOneGo(List.of(row(1, new Metric("a", 1)), row(2, new Metric("a", 2))));
    for (String damaged :
        List.of(
            "\0\0\0\0\n",
            "3\n",
            "3,1.0,2.0\n",
            "3,x\n",
            ",3.0\n",
            "\n",
            "3.0,1.0\n",
            "3,\r1.0\n",
            "3,1.0 \n",
            "\uFFFD")) {
      String text = new String(kept, StandardCharsets.UTF_8) + damaged + "4,4.0\n";
      Files.writeString(file, text);
      try (CapturedLog log = new CapturedLog(MetricsTable.class)) {
        assertEquals(2, MetricsTable.resume(file, 9).rows(), damaged);
        assertEquals(1, log.warnings().size(), damaged);
        assertMessageContains(
            new Exception(log.warnings().get(0)),
            file.toString(),
            "row 3 is incomplete or damaged",
            damaged.endsWith("\n") ? "and kept in " + file + ".damaged" : "removed.",
            damaged.length() + 6 + " characters are removed");
      }
      assertArrayEquals(kept, Files.readAllBytes(file), damaged);
    }
    Files.write(file, new byte[] {'s', 't', 'e', 'p', ',', 'a', '\n', (byte) 0xC3, '\n'});
    assertEquals(0, MetricsTable.resume(file, 9).rows(), "not UTF-8");
  }

  /** Columns of removed rows would otherwise be in another order than in one go. */
  @Test
  void continuesWithOtherColumns() throws IOException {
    List<Row> others = List.of(row(11, new Metric("last", 1)), row(12, new Metric("new", 2)));
    add(MetricsTable.resume(file, 1), others);
    assertHolds(List.of(ROWS.get(0), others.get(0), others.get(1)));
  }

  @Test
  void aMissingTableStartsWithTheNextRow() throws IOException {
    Files.delete(file);
    MetricsTable table = MetricsTable.resume(file, 10);
    assertFalse(Files.exists(file));
    assertContinues(table, 0);
  }

  @Test
  void theLimitOfColumnsRemains() throws IOException {
    Files.delete(file);
    List<Metric> many = new ArrayList<>();
    for (int i = 0; i < 199; i++) {
      many.add(new Metric("m" + i, i));
    }
    new MetricsTable(file).add(1, many);
    MetricsTable table = MetricsTable.resume(file, 1);
    try (CapturedLog log = new CapturedLog(MetricsTable.class)) {
      table.add(2, List.of(new Metric("x", 1), new Metric("y", 2)));
      assertTrue(log.warnings().get(0).contains("200 columns"), log.warnings().toString());
    }
    assertEquals(201, MetricsTableTest.read(file).get(0).size());
  }
}
