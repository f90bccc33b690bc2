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

class CsvConfigTest {
  private static final CsvConfig PRESENT = DEFAULT.header(CsvPresence.PRESENT);
  private static final CsvConfig ABSENT = DEFAULT.header(CsvPresence.ABSENT);

  @TempDir Path folder;

  @Test
  void headerIsDetectedOrSet() throws IOException {
    reads("a,b\n1,2\n", DEFAULT, 2, 1, 2);
    reads("0,1,2\n5,6,7\n", ABSENT, 3, 0, 1, 2, 5, 6, 7);
    reads("1,2.5,3\n4,5,6\n", DEFAULT, 3, 1, 2.5f, 3, 4, 5, 6);
    reads("1,2.5,3\n4,5,6\n", PRESENT, 3, 4, 5, 6);
    reads("land,2019,2020\n0,2,3\n", PRESENT, 3, 0, 2, 3);
    reads("1,2,3\n4,5,6\n", DEFAULT, 3, 1, 2, 3, 4, 5, 6);
    reads("0.0,1.5\n5,6\n", DEFAULT, 2, 0, 1.5f, 5, 6);
    reads("\"\",\"a\"\n\"1\",2\n", DEFAULT, 1, 2);
    assertRejected(
        "land,2019,2020\n0,2,3\n", DEFAULT, "line 1, column 1: got \"land\"", "header(PRESENT)");
    // One or two columns of data may start like this.
    assertRejected("0\n1.5\n", DEFAULT, "line 1: got [0]", "CsvConfig.header(PRESENT or ABSENT)");
    assertRejected(
        "0,1\n5,6.5\n", DEFAULT, "line 1: got [0, 1]", "CsvConfig.header(PRESENT or ABSENT)");
    reads("0\n1.5\n", PRESENT, 1, 1.5f);
    reads("0\n1.5\n", ABSENT, 1, 0, 1.5f);
    // Missing values are not names.
    assertRejected("NA,-\n1,2.5\n", DEFAULT, "line 1, column 1: got \"NA\"", "CsvConfig.missing(");
  }

  @Test
  void headerOfDistantNumbersIsAmbiguous() throws IOException {
    String rest = "0.5,0.1,0.2\n0.4,0.3,0.1\n0.3,0.2,0.4\n";
    assertRejected("2019,2020,2021\n" + rest, DEFAULT, "line 1: got [2019, 2020, 2021]", "header(");
    assertRejected(
        "400.5,401,401.5\n" + rest, DEFAULT, "line 1: got [400.5, 401, 401.5]", "header(");
    assertEquals(3, read("2019,2020,2021\n" + rest, PRESENT).length());
    assertEquals(4, read("2019,2020,2021\n" + rest, ABSENT).length());
    // Names are distinct; values close to the others are values.
    assertEquals(4, read("9,9,9\n" + rest, DEFAULT).length());
    assertEquals(4, read("0.6,0.5,0.7\n" + rest, DEFAULT).length());
    assertEquals(4, read("2019,2020,0.3\n" + rest, DEFAULT).length());
  }

  @Test
  void possibleNameOfASingleColumnIsAmbiguous() throws IOException {
    assertRejected(
        "2020\n1.2\n1.3\n1.1\n", DEFAULT, "line 1: got [2020]", "header(PRESENT or ABSENT)");
    assertRejected("2020\n1.2\n1.0\n1.1\n", DEFAULT, "line 1: got [2020]");
    assertRejected(
        "0,2020\n1,1.5\n2,1.2\n", DEFAULT.index(CsvPresence.PRESENT), "line 1: got [0, 2020]");
    reads("2020\n1.2\n1.5\n", PRESENT, 1, 1.2f, 1.5f);
    reads("2020\n1.2\n1.5\n", ABSENT, 1, 2020, 1.2f, 1.5f);
    // Samples: as many digits as the others, or close to them.
    reads("2020\n1\n3\n", DEFAULT, 1, 2020, 1, 3);
    reads("2020.0\n1.2\n1.5\n", DEFAULT, 1, 2020, 1.2f, 1.5f);
    reads("-5\n1.2\n1.5\n", DEFAULT, 1, -5, 1.2f, 1.5f);
    reads("2\n1.2\n3.5\n", DEFAULT, 1, 2, 1.2f, 3.5f);
    reads("2020\n1.5\n", DEFAULT, 1, 2020, 1.5f);
  }

  @Test
  void oneNameAfterAnEmptyFieldIsAHeader() throws IOException {
    reads(",a,5\n0,1,2\n", DEFAULT, 2, 1, 2);
    reads("Unnamed: 0,2019,a\n0,1,2\n", DEFAULT, 2, 1, 2);
    assertRejected("NA,NA\n1,2\n", DEFAULT, "line 1, column 1: got \"NA\"");
    reads("NA,a\n1,2.5\n", DEFAULT, 2, 1, 2.5f);
  }

  @Test
  void indexIsNotAChannel() throws IOException {
    reads(",a,b\n0,1,2\n1,3,4\n", DEFAULT, 2, 1, 2, 3, 4);
    reads(",0\n0,1.5\n1,2.5\n", DEFAULT, 1, 1.5f, 2.5f);
    reads("Unnamed: 0,a\n0,1\n", DEFAULT, 1, 1);
    reads(",a\n2024-01-01 10:00:00,1\n", DEFAULT, 1, 1);
    reads(",a,b\n0,1,2\n", DEFAULT.index(CsvPresence.ABSENT), 3, 0, 1, 2);
    reads("t,a\n1700000000,1\n1700000001,2\n", DEFAULT.index(CsvPresence.PRESENT), 1, 1, 2);
    reads("2024-01-01,1\n2024-01-02,2\n", ABSENT.index(CsvPresence.PRESENT), 1, 1, 2);
    // A single column is the channel.
    reads("\"\"\n1\n", PRESENT.index(CsvPresence.PRESENT), 1, 1);
    assertArrayEquals(new float[] {7}, CsvSeries.read(csv(",a\n7,1\n"), "").samples());
  }

  @Test
  void missingValuesAreRejectedDroppedOrFilled() throws IOException {
    for (String value :
        new String[] {"", "NA", "n/a", "#N/A", "<NA>", "NaN", "nan", "NULL", "None", "-", "\"\""}) {
      String text = "a,b\n1,2\n3," + value + "\n5,8\n";
      assertRejected(text, DEFAULT, "line 3, column 2 (b)", "CsvConfig.missing(");
      reads(text, DEFAULT.missing(CsvMissing.DROP_LINE), 2, 1, 2, 5, 8);
      reads(text, DEFAULT.missing(CsvMissing.PREVIOUS), 2, 1, 2, 3, 2, 5, 8);
      reads(text, DEFAULT.missing(CsvMissing.INTERPOLATE), 2, 1, 2, 3, 5, 5, 8);
    }
    reads("1\n\"\"\n\"\"\n2.5\n", DEFAULT.missing(CsvMissing.INTERPOLATE), 1, 1, 1.5f, 2, 2.5f);
    reads("1\n\"\"\n", DEFAULT.missing(CsvMissing.PREVIOUS), 1, 1, 1);
    CsvConfig line = DEFAULT.missing(CsvMissing.INTERPOLATE);
    reads("a,b,c\n1,,3\n,,\n4,5,9\n", line.missing(CsvMissing.DROP_LINE), 3, 4, 5, 9);
    reads("a,b\n1,3\n,\n,\n4,9\n,\n", line, 2, 1, 3, 2, 5, 3, 7, 4, 9);
    assertRejected("a,b\n,2\n3,4\n", line, "line 2, column 1 (a)", "before it", "DROP_LINE");
    assertRejected("a,b\n1,2\n3,\n", line, "end of file, column 2 (b)", "DROP_LINE or PREVIOUS");
    assertRejected("a\nNA\n", DEFAULT.missing(CsvMissing.DROP_LINE), "end of file: got no values");
    // Other invalid values are never dropped or filled.
    assertRejected(
        "a,b\n1,2\n3,x\n", DEFAULT.missing(CsvMissing.DROP_LINE), "line 3, column 2 (b)");
    assertRejected("a\n1\ninf\n", DEFAULT.missing(CsvMissing.DROP_LINE), "line 3, column 1 (a)");
  }

  @Test
  void decimalCommasAreRead() throws IOException {
    CsvConfig comma = DEFAULT.separator(';').decimal(CsvDecimal.COMMA);
    reads("t;p\n1,5;-2,5e3\n", comma, 2, 1.5f, -2500);
    reads("1,5;2\n,5;3,\n", comma, 2, 1.5f, 2, .5f, 3);
    reads("1,5\n2,5\n", comma, 1, 1.5f, 2.5f);
    reads("\"1,5\",\"2,25\"\n3,4\n", comma.separator(','), 2, 1.5f, 2.25f, 3, 4);
    assertRejected("t;p\n1,5;2.5\n", comma, "line 2, column 2 (p): got \"2.5\"", "decimal(POINT)");
    assertRejected("1,5\n2,5\n", comma.separator(','), "decimal comma", "CsvConfig.separator(';')");
    assertRejected("p\n1,5\n", DEFAULT, "line 2", "decimal comma", "CsvConfig.decimal(COMMA)");
    assertRejected("a,b\n\"1,5\",2\n", DEFAULT, "line 2, column 1 (a)", "CsvConfig.decimal(COMMA)");
    // A sign, a point, a name or a setting resolves the ambiguity.
    reads("1,5\n2,-5\n", DEFAULT, 2, 1, 5, 2, -5);
    reads("1,5.\n2,5\n", DEFAULT, 2, 1, 5, 2, 5);
    reads("a,b\n2,5\n", DEFAULT, 2, 2, 5);
    reads("1,5\n2,5\n", DEFAULT.decimal(CsvDecimal.POINT), 2, 1, 5, 2, 5);
    reads("1,5\n2,5\n", DEFAULT.index(CsvPresence.PRESENT), 1, 5, 5);
  }

  @Test
  void thousandsSeparatorsAreRejected() {
    CsvConfig comma = DEFAULT.separator(';').decimal(CsvDecimal.COMMA);
    for (String value :
        new String[] {
          "1.234,5", "1,234.5", "1 234", "1_000", "1'234.5", "1,234,567", "-1.234.567"
        }) {
      assertRejected(
          "a;b\n1;" + value + "\n", comma, "line 2, column 2 (b)", "thousands separators");
      assertRejected(
          "a;b\n1;" + value + "\n", comma.decimal(CsvDecimal.AUTO), "thousands separators");
    }
    assertRejected(
        "a;b\n1;1,234\n", comma.decimal(CsvDecimal.POINT), "decimal(COMMA)", "thousands");
  }

  @Test
  void commentLinesAreSkipped() throws IOException {
    reads("# made by hand, once\na,b\n#, \"x\n1,2\n#3,4\n", DEFAULT, 2, 1, 2);
    reads("# time,value\n1,2.5\n", DEFAULT, 2, 1, 2.5f);
    Path numpy = csv("# time,value\n1,2.5\n");
    assertArrayEquals(
        new float[] {2.5f}, CsvSeries.read(numpy, DEFAULT.comments(false), "value").samples());
    assertMessageContains(
        assertThrows(BadFileException.class, () -> CsvSeries.read(numpy, "value")),
        "line 2: got the columns [1, 2.5]",
        "CsvConfig.comments(false)");
    // A spreadsheet's error value is not a comment.
    assertRejected("a,b\n1,2\n#N/A,3\n", DEFAULT, "line 3", "#N/A", "CsvConfig.comments(false)");
    assertRejected(
        "a,b\n1,2\n#DIV/0!,3\n", DEFAULT, "line 3", "#DIV/0!", "CsvConfig.comments(false)");
    reads(
        "a,b\n1,2\n#N/A,3\n3,4\n",
        DEFAULT.comments(false).missing(CsvMissing.INTERPOLATE),
        2,
        1,
        2,
        2,
        3,
        3,
        4);
  }

  @Test
  void linesOfErrorValuesAreNotComments() throws IOException {
    for (String value :
        new String[] {
          "########",
          "##",
          "#N/A",
          "#NV",
          "#N/D",
          "#N.D.",
          "#DIV/0!",
          "#DIV/0 !",
          "#VALEUR!",
          "#NOM ?",
          "#NOM\u00a0?",
          "#RIF!",
          "#ADR!",
          "#\u00a1REF!",
          "#\u00bfNOMBRE?",
          "#N\u00daM!",
          "#CALC!",
          "#SPILL!",
          "#GETTING_DATA",
          "#\u0417\u041d\u0410\u0427!",
          "#\u041d/\u0414",
          "#SAKNAS!",
          "#HI\u00c1NYZIK",
          "#YOK",
          "#NB",
          "#ERROR!",
          "#Error",
          "#Name?",
          "#NAME?"
        }) {
      for (String line : new String[] {value + ",3", value + ",", value + " ,3,"}) {
        assertRejected(
            "a,b\n1,2\n" + line + "\n4,5\n",
            DEFAULT,
            "line 3: got \"" + value,
            "CsvConfig.comments(false)");
      }
      assertRejected("1\n" + value + "\n2.5\n", DEFAULT, "line 2: got \"" + value);
      reads("a,b\n1,2\n# " + value + ",3\n4,5\n", DEFAULT, 2, 1, 2, 4, 5);
      assertRejected(
          "a,b\n1,2\n" + value + ",3\n4,5\n",
          DEFAULT.comments(false),
          "line 3, column 1 (a): got \"" + value.strip());
    }
    for (String value : new String[] {"########", "#N/A", "#NV", "#VALEUR!", "#\u041d/\u0414"}) {
      assertRejected(value + ",3\n4,5.5\n", DEFAULT, "line 1: got \"" + value + ",3\"");
    }
    // Comments: a line of # characters, names, words, commented-out values.
    reads("########\n#TIME,VALUE\n#VERSION\n########\n1,2.5\n", DEFAULT, 2, 1, 2.5f);
    reads("a,b\n#############\n1,2\n#END\n#end\n#", DEFAULT, 2, 1, 2);
    reads("a,b\n1,2\n#3,4\n#note, x\n#see below, x\n## x,y\n#,\n", DEFAULT, 2, 1, 2);
    reads("a\n1\n#end\n#see below\n#3\n#", DEFAULT, 1, 1);
  }

  @Test
  void invalidSeparatorsAreRejected() throws IOException {
    for (char separator : "a5\"#.-+\n\r\0\u00e4\uFEFF".toCharArray()) {
      assertMessageContains(
          assertThrows(IllegalArgumentException.class, () -> DEFAULT.separator(separator)),
          "CsvConfig.separator: expected a character that is not a letter",
          "';'",
          ", got '");
    }
    reads("1|2\n", DEFAULT.separator('|'), 2, 1, 2);
    reads("1 2\n", DEFAULT.separator(' '), 2, 1, 2);
    assertRejected("a;b\n1;2\n", DEFAULT, "line 2, column 1 (a;b)", "CsvConfig.separator(';')");
    assertRejected(
        "a\tb\n1\t2\n", DEFAULT, "line 2, column 1 (a\\tb)", "CsvConfig.separator('\\t')");
    assertRejected("a|b\n1|2\n", DEFAULT, "CsvConfig.separator('|')");
    assertRejected("a,b\n1,2.5\n", DEFAULT.separator(';'), "CsvConfig.separator(',')");
  }

  @Test
  void selectionByNameRequiresAHeader() {
    assertMessageContains(
        assertThrows(
            IllegalArgumentException.class, () -> CsvSeries.read(csv("1,2\n"), ABSENT, "a")),
        "[a]",
        "CsvConfig.header(ABSENT)");
  }

  private void reads(String text, CsvConfig config, int channels, float... samples)
      throws IOException {
    Series series = read(text, config);
    assertEquals(channels, series.channels(), text);
    assertArrayEquals(samples, series.samples(), text);
  }

  private void assertRejected(String text, CsvConfig config, String... parts) {
    assertMessageContains(
        assertThrows(BadFileException.class, () -> read(text, config), text), parts);
  }

  private Series read(String text, CsvConfig config) throws IOException {
    return CsvSeries.read(csv(text), config);
  }

  private Path csv(String text) throws IOException {
    return Files.writeString(folder.resolve("a.csv"), text);
  }
}
