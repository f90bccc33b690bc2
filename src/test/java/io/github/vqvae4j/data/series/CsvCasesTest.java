package io.github.vqvae4j.data.series;

import static io.github.vqvae4j.io.ErrorText.assertMessageContains;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.github.vqvae4j.io.BadFileException;
import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

/** The small tables in src/test/resources/cases, with the default settings. */
class CsvCasesTest {
  @Test
  void columnNumbersAreAHeader() throws IOException {
    assertReads("c1_numheader.csv", ',', 3, 5, 6, 7, 8, 9, 10);
  }

  @Test
  void duplicateNameIsRejectedIfSelected() throws IOException {
    assertRejected("c1_dup.csv", ',', new String[] {"a"}, "name a", "columns 1 and 2");
    assertReads("c1_dup.csv", ',', 2, 1, 2);
  }

  @Test
  void errorNamesDecimalCommas() {
    assertRejected("c2_semi.csv", ',', new String[0], "decimal comma", "';'");
    assertRejected("c2_semi.csv", ';', new String[0], "line 2, column 1 (t)", "decimal comma");
    assertRejected("c2_onecol.csv", ',', new String[0], "decimal comma");
    assertRejected("c2_onecol.csv", ';', new String[0], "line 1", "decimal comma");
  }

  @Test
  void separatorLineOfExcelIsUsed() throws IOException {
    assertReads("c3_sep.csv", ',', 2, 1, 2);
    assertReads("c3_sepcomma.csv", ',', 2, 1, 2);
    assertReads("c3_sepcomma.csv", ';', 2, 1, 2);
  }

  @Test
  void tabIsASeparator() throws IOException {
    assertReads("c4.tsv", '\t', 2, 1, 2, 3, 4);
    assertRejected("c4.tsv", ',', new String[0], "'\\t'");
  }

  @Test
  void trailingSeparatorsAndEmptyLinesAreSkipped() throws IOException {
    assertReads("c5_trail.csv", ',', 2, 1, 2, 3, 4);
    assertReads("c5_excel_tail.csv", ';', 2, 1, 2);
  }

  @Test
  void lostDifferencesAreRejected() throws IOException {
    assertRejected("c7_unix.csv", ',', new String[0], "column 1 (t)", "1700000000", "float");
    assertArrayEquals(
        new float[] {1, 2, 3}, CsvSeries.read(file("c7_unix.csv"), ',', "v").samples());
  }

  @Test
  void separatorsInQuotesAreText() throws IOException {
    assertReads("quotedsep_header.csv", ',', 3, 1, 2, 3);
    assertArrayEquals(
        new float[] {2}, CsvSeries.read(file("quotedsep_header.csv"), ',', "b,c").samples());
  }

  private static void assertReads(String name, char separator, int channels, float... samples)
      throws IOException {
    Series series = CsvSeries.read(file(name), separator);
    assertEquals(channels, series.channels(), name);
    assertArrayEquals(samples, series.samples(), name);
  }

  private static void assertRejected(
      String name, char separator, String[] columns, String... parts) {
    assertMessageContains(
        assertThrows(
            BadFileException.class, () -> CsvSeries.read(file(name), separator, columns), name),
        parts);
  }

  private static Path file(String name) {
    try {
      return Path.of(CsvCasesTest.class.getResource("/cases/" + name).toURI());
    } catch (URISyntaxException e) {
      throw new AssertionError(e);
    }
  }
}
