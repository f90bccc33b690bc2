package io.github.vqvae4j.data.series;

import static io.github.vqvae4j.io.ErrorText.assertMessageContains;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.github.vqvae4j.io.BadFileException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CsvSeriesTest {
  @TempDir Path folder;

  @Test
  void valuesAreReadWithAndWithoutAHeader() throws IOException {
    float[] expected = {1, -2.5f, 3e-3f, 4};
    for (String text :
        new String[] {
          "1,-2.5\n3e-3,4\n",
          "temperature,load\n1,-2.5\n3e-3,4",
          "\uFEFFtemperature,load\r\n\r\n 1 ,\t-2.5\r\n\"3e-3\",\"4\"\r\n\r\n"
        }) {
      Series series = CsvSeries.read(csv(text));
      assertEquals("Series[2, 2]", series.toString());
      assertArrayEquals(expected, series.samples());
    }
  }

  @Test
  void capacityIsLimitedToTheMaximumArrayLength() {
    assertEquals(2_048, CsvSeries.grown(1_024));
    assertEquals(Integer.MAX_VALUE - 8, CsvSeries.grown(1 << 30));
    assertEquals(Integer.MAX_VALUE - 8, CsvSeries.grown(Integer.MAX_VALUE - 8));
  }

  @Test
  void columnsAreSelectedByName() throws IOException {
    Path file = csv("time;load;note;heat\n2026-01-01;1;fine;2\n2026-01-02;3;;4\n");
    Series series = CsvSeries.read(file, ';', "heat", "load");
    assertArrayEquals(new float[] {2, 1, 4, 3}, series.samples());
    assertBad(
        () -> CsvSeries.read(file, ';', "cold"), "line 1", "[time, load, note, heat]", "name cold");
    assertBad(() -> CsvSeries.read(file, "load"), "line 1", "set the separator");
    assertBad(() -> CsvSeries.read(csv("1,2\n"), "load"), "got the columns [1, 2]", "name load");
  }

  @Test
  void manyLinesAreRead() throws IOException {
    StringBuilder text = new StringBuilder("value\n");
    for (int i = 0; i < 5_000; i++) {
      text.append(i).append('\n');
    }
    Series series = CsvSeries.read(csv(text.toString()));
    assertEquals(5_000, series.length());
    assertEquals(4_999f, series.samples()[4_999]);
  }

  @Test
  void invalidNumbersAreReportedWithLineAndColumn() throws IOException {
    assertBad(
        () -> CsvSeries.read(csv("a,b\n1,2\n\n3,x\n")),
        "line 4, column 2 (b): got \"x\", expected a finite number");
    assertBad(
        () -> CsvSeries.read(csv("1,2\n,3\n")), "line 2, column 1: got \"\"", "remove the line");
    // A first line that contains a number is not a header.
    assertBad(() -> CsvSeries.read(csv("1,x\n2,3\n")), "line 1, column 2: got \"x\"");
    for (String value : new String[] {"NaN", "Infinity", "1e99"}) {
      assertBad(
          () -> CsvSeries.read(csv("1\n" + value + "\n")), "line 2, column 1: got \"" + value);
    }
  }

  @Test
  void otherErrorsAreReported() throws IOException {
    assertBad(
        () -> CsvSeries.read(csv("a,b\n1,2\n3\n")),
        "line 3: got 1 column, expected 2 as in the first line");
    assertBad(
        () -> CsvSeries.read(csv("")),
        "first bytes: got an empty file",
        "get a new copy of the file");
    assertBad(() -> CsvSeries.read(csv("a,b\n")), "end of file: got no values");
    Path latin = folder.resolve("latin.csv");
    Files.write(latin, "h\u00f6he\n1\n".getBytes(StandardCharsets.ISO_8859_1));
    assertBad(() -> CsvSeries.read(latin), "text: got bytes that are not UTF-8");
    assertMessageContains(
        assertThrows(NoSuchFileException.class, () -> CsvSeries.read(folder.resolve("none.csv"))),
        "a text file of numbers");
  }

  private interface Reading {
    Series read() throws IOException;
  }

  private static void assertBad(Reading reading, String... parts) {
    assertMessageContains(assertThrows(BadFileException.class, reading::read), parts);
  }

  private Path csv(String text) throws IOException {
    return Files.writeString(folder.resolve("a.csv"), text);
  }
}
