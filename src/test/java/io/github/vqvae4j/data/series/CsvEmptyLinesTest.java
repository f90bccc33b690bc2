package io.github.vqvae4j.data.series;

import static io.github.vqvae4j.data.series.CsvConfig.DEFAULT;
import static io.github.vqvae4j.io.ErrorText.assertMessageContains;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.github.vqvae4j.io.BadFileException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Empty lines: missing values in tables of one column, skipped in others. */
class CsvEmptyLinesTest {
  private static final CsvConfig LINE = DEFAULT.missing(CsvMissing.INTERPOLATE);
  private static final CsvConfig COMMA = DEFAULT.separator(';').decimal(CsvDecimal.COMMA);

  @TempDir Path folder;

  @Test
  void emptyLineOfOneColumnIsAMissingValue() throws IOException {
    for (String end : new String[] {"\n", "\r\n", "\r"}) {
      String text = "v\n1\n\n\n2.5\n".replace("\n", end);
      assertRejected(
          text, DEFAULT, "line 3, column 1 (v): got \"\"", "empty line", "missing(DROP_LINE");
      reads(text, LINE, 1, 1, 1.5f, 2, 2.5f);
      reads(text, DEFAULT.missing(CsvMissing.PREVIOUS), 1, 1, 1, 1, 2.5f);
      reads(text, DEFAULT.missing(CsvMissing.DROP_LINE), 1, 1, 2.5f);
    }
    reads("1\n\n2\n", LINE, 1, 1, 1.5f, 2);
    reads("sep=;\nv\n1\n\n2\n", LINE, 1, 1, 1.5f, 2);
    reads("v\n1\n \t\n2\n", LINE, 1, 1, 1.5f, 2);
    reads("1\n\n# stopped\n2\n", LINE, 1, 1, 1.5f, 2);
    reads("v,\n1,\n,\n\n4,\n", LINE, 1, 1, 2, 3, 4);
    reads("1\n\"\"\n\n\"\"\n3\n", LINE, 1, 1, 1.5f, 2, 2.5f, 3);
    assertRejected("Wert\n0,5\n\n0,7\n", COMMA, "line 3, column 1 (Wert)", "CsvConfig.missing(");
    reads("Wert\n0,5\n\n0,75\n", COMMA.missing(CsvMissing.INTERPOLATE), 1, .5f, .625f, .75f);
    assertRejected("v\n\n1\n", DEFAULT, "line 2, column 1 (v)", "CsvConfig.missing(");
    assertRejected("v\n\n1\n", LINE, "line 2, column 1 (v)", "before it", "DROP_LINE");
  }

  @Test
  void doubledLineEndingsCanBeRead() throws IOException {
    String doubled = "v\r\r\n1\r\r\n2\r\r\n";
    assertRejected(doubled, DEFAULT, "line 2", "every other line", "CsvConfig.missing(DROP_LINE)");
    reads(doubled, DEFAULT.missing(CsvMissing.DROP_LINE), 1, 1, 2);
  }

  @Test
  void emptyLinesAtTheStartAndEndAreSkipped() throws IOException {
    for (CsvConfig config : new CsvConfig[] {DEFAULT, LINE}) {
      reads("\n \n1\n2\n\n  \n\n", config, 1, 1, 2);
      reads("\n# x\n\nv\n1\n\n# end\n\n", config, 1, 1);
      reads("\n\n1,2\n\n", config.decimal(CsvDecimal.POINT), 2, 1, 2);
    }
    // Quotation marks are a value: Python writes an empty field of a single column like this.
    reads("1\n\"\"\n", DEFAULT.missing(CsvMissing.PREVIOUS), 1, 1, 1);
    reads("1\n\n\"\"\n\n", DEFAULT.missing(CsvMissing.PREVIOUS), 1, 1, 1, 1);
    assertRejected("1\n\"\"\n", DEFAULT, "line 2, column 1: got \"\"");
  }

  @Test
  void emptyLinesOfSeveralColumnsAreSkipped() throws IOException {
    reads("a,b\n\n1,2\n\n \n3,4\n\n", DEFAULT, 2, 1, 2, 3, 4);
    reads("a,b\n\n1,2\n\n \n3,4\n\n", LINE, 2, 1, 2, 3, 4);
    assertRejected("a,b\n1,2\n\"\"\n3,4\n", LINE, "line 3: got 1 column, expected 2");
  }

  private void reads(String text, CsvConfig config, int channels, float... samples)
      throws IOException {
    Series series = CsvSeries.read(csv(text), config);
    assertEquals(channels, series.channels(), text);
    assertArrayEquals(samples, series.samples(), text);
  }

  private void assertRejected(String text, CsvConfig config, String... parts) {
    assertMessageContains(
        assertThrows(BadFileException.class, () -> CsvSeries.read(csv(text), config), text), parts);
  }

  private Path csv(String text) throws IOException {
    return Files.writeString(folder.resolve("a.csv"), text);
  }
}
