package io.github.vqvae4j.data.series;

import static io.github.vqvae4j.data.series.CsvConfig.DEFAULT;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.vqvae4j.io.BadFileException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Advice for tables written by spreadsheets, R and devices. */
class CsvAdviceTest {
  private static final CsvConfig SEMICOLON = DEFAULT.separator(';');
  private static final CsvConfig COMMA = SEMICOLON.decimal(CsvDecimal.COMMA);
  private static final CsvConfig POINT = SEMICOLON.decimal(CsvDecimal.POINT);

  /** Minus signs, digits, decimal marks and spaces of word processors and other scripts. */
  private static final String[] OTHER_NUMBERS = {
    "\u22121,\u22122",
    "\u20131.5,\u20132.5",
    "\u20101,\u20102",
    "\uff0d\uff11,\uff0d\uff12",
    "\uff11\uff0e\uff15,\uff12\uff0e\uff15",
    "\u0663,\u0664",
    "\u0661\u066b\u0665,\u0662\u066b\u0665",
    "\u00a01,\u00a02",
    "\u200b1.5,\u200b2",
  };

  @TempDir Path folder;

  @Test
  void markBeforeThreeDigitsMayBeAThousandsSeparator() {
    String problem = problem("p;x\n998;1\n1.012;2\n", COMMA);
    assertContains(
        problem, "line 3, column 1 (p)", "thousands separator", "without", "decimal(POINT)");
    assertContains(
        problem("t;p\n20,01;-1.012\n", COMMA), "column 2 (p)", "thousands separator", "without");
    assertContains(
        problem("t;p\n20.01;1,012\n", SEMICOLON), "thousands separator", "decimal(COMMA)");
    for (String value : new String[] {"1.5", "1.0125", "0.012", "1234.125"}) {
      problem = problem("t;p\n20,01;" + value + "\n", COMMA);
      assertContains(problem, "decimal point", "CsvConfig.decimal(POINT) if all numbers have one");
      assertFalse(problem.contains("thousands"), problem);
    }
    assertContains(
        problem("t;p\n20.01;1,5\n", SEMICOLON), "decimal comma", "CsvConfig.decimal(COMMA)");
  }

  @Test
  void possibleThousandsSeparatorsAreRejected() throws IOException {
    String[] doubtful = {
      "p;x\n998;1\n1.012;2\n1.013;3\n", "x;p\n1;-5\n2;-12.500\n", "998;1\n1.012;2\n",
    };
    for (String text : doubtful) {
      assertContains(
          problem(text, SEMICOLON),
          "integers",
          "thousands separators",
          "CsvConfig.decimal(POINT)",
          "without");
      CsvSeries.read(csv(text), POINT);
      assertContains(
          problem(text.replace(';', '\t'), DEFAULT.separator('\t')), "thousands separators");
      // A table whose columns are separated by commas uses decimal points.
      CsvSeries.read(csv(text.replace(';', ',')));
    }
    assertContains(problem("p\n998\n1.012\n", DEFAULT), "column 1 (p)", "998", "1.012");
    reads("p\n998\n1.012\n", DEFAULT.decimal(CsvDecimal.POINT), 1, 998, 1.012f);
    // Values that cannot contain a thousands separator show that points are decimal.
    for (String more : new String[] {"0.125", "1.5", "1000", "1.0125", "1e3", ".125", "01.125"}) {
      reads("p\n998\n1.012\n" + more + "\n", DEFAULT, 1, 998, 1.012f, Float.parseFloat(more));
    }
    reads("p\n1.012\n1.013\n", DEFAULT, 1, 1.012f, 1.013f);
    reads("p\n998\n12\n", DEFAULT, 1, 998, 12);
  }

  @Test
  void possibleDecimalCommasInFourColumnsAreRejected() throws IOException {
    for (String text : new String[] {"20,0,1012,9\n", "20,0,1012,9\n-5,1,999,0\n"}) {
      assertContains(
          problem(text, DEFAULT), "4 integers", "2 numbers", "CsvConfig.decimal(POINT)", "export");
      assertEquals(4, CsvSeries.read(csv(text), POINT.separator(',')).channels());
    }
    assertContains(problem("1,05,2,50,3,00\n9,95,2,05,3,10\n", DEFAULT), "6 integers", "3 numbers");
    // Columns of integers with varying numbers of digits are read as integers.
    reads("1,5,3,2\n4,15,6,1\n", DEFAULT, 4, 1, 5, 3, 2, 4, 15, 6, 1);
    reads("1,-5,3,2\n", DEFAULT, 4, 1, -5, 3, 2);
    // As are class labels and flags.
    reads("0,1,0,0\n1,0,0,1\n", DEFAULT, 4, 0, 1, 0, 0, 1, 0, 0, 1);
    assertContains(problem("0,1,0,0\n1,0,0,2\n", DEFAULT), "4 integers");
    assertContains(problem("0,1\n1,0\n", DEFAULT.header(CsvPresence.ABSENT)), "two integers");
    reads("1,5,3.5,2\n", DEFAULT, 4, 1, 5, 3.5f, 2);
    reads("a,b,c,d\n20,0,1012,9\n", DEFAULT, 4, 20, 0, 1012, 9);
    reads("sep=,\n20,0,1012,9\n", DEFAULT, 4, 20, 0, 1012, 9);
    reads("20,0,9\n", DEFAULT, 3, 20, 0, 9);
    reads("20;0;1012;9\n", SEMICOLON, 4, 20, 0, 1012, 9);
  }

  @Test
  void errorForOneColumnWithDecimalCommasNamesBothSettings() throws IOException {
    String problem = problem("Wert\n0,5\n0,7\n", DEFAULT);
    assertContains(
        problem,
        "line 2: got 2 columns, expected 1",
        "CsvConfig.separator(';') and CsvConfig.decimal(COMMA)");
    reads("Wert\n0,5\n0,7\n", COMMA, 1, .5f, .7f);
    assertContains(
        problem("t;Wert\n1;0,5\n", DEFAULT),
        "CsvConfig.separator(';')",
        "also use CsvConfig.decimal(COMMA)");
    assertContains(
        problem("a,b\n1,5,2,5\n", DEFAULT), "decimal commas", "export", "another column separator");
  }

  @Test
  void errorNamesTheHeaderOfRWithoutRowNames() throws IOException {
    for (String header : new String[] {"a,b\n", "\"a\",\"b\"\n"}) {
      assertContains(
          problem(header + "\"1\",1.5,2\n\"2\",3,4\n", DEFAULT),
          "line 2: got 3 columns, expected 2",
          "write.table",
          "col.names=NA");
    }
    assertContains(problem("a b\n1 1.5 2\n", DEFAULT.separator(' ')), "line 2", "col.names=NA");
    // Not if there is no header, or the lines are shorter or much longer.
    for (String other :
        new String[] {"1,2\n1,2,3\n", "a,b\n1\n", "a,b\n1,2,3,4\n", "a,b\n1,2\n1,2,3\n"}) {
      assertFalse(problem(other, DEFAULT).contains("col.names"), other);
    }
    reads("\"\",\"a\",\"b\"\n\"1\",1.5,2\n", DEFAULT, 2, 1.5f, 2);
  }

  @Test
  void characterAfterAQuotationMarkIsSuggestedAsSeparator() {
    String problem = problem("\"\";\"temp\"\n\"1\";1,5\n", DEFAULT);
    assertContains(problem, "line 1: got ';' after closing quote", "CsvConfig.separator(';')");
    assertFalse(problem.contains("1048576"), problem);
    // Spaces and tabs are skipped.
    for (String blank : new String[] {" ", "\t"}) {
      assertContains(
          problem("\"a\" \"b\"\n\"1\" 1.5\n".replace(" ", blank), DEFAULT),
          "line 1: got '\"'",
          "CsvConfig.separator('\\t') or CsvConfig.separator(' ')");
    }
    assertContains(problem("a\n\"1\"|\"2\"\n", DEFAULT), "line 2", "CsvConfig.separator('|')");
    assertContains(problem("\"a\",\"b\"\n1,2\n", SEMICOLON), "got ','", "CsvConfig.separator(',')");
    assertContains(problem("a,\"b\"x\n1,2\n", DEFAULT), "line 1: got 'x' after closing quote");
    problem = problem("a,\"b\n1,2\n", DEFAULT);
    assertContains(problem, "line 1", "closed quotation marks");
  }

  @Test
  void errorAdvisesToRemoveLinesBeforeTheTable() {
    String[] tables = {
      "Device: X\nSerial: 12\nStart: x\nRate 10\ntime,temp\n0,1.5\n",
      "Device,X\nSerial,12\nStart,x\nRate,10\ntime,temp\n0,1.5\n",
      "Device: X\n\ntime,temp\n0,1.5\n"
    };
    for (String text : tables) {
      assertContains(problem(text, DEFAULT), "lines before the table", "start them with #");
      assertContains(
          problem(text, DEFAULT, "temp"),
          "name temp",
          "lines before the table",
          "start them with #");
      String problem = problem(text, DEFAULT.comments(false));
      assertContains(problem, "lines before the table");
      assertFalse(problem.contains("#"), problem);
    }
    // Not after the first values.
    assertFalse(problem("a,b\n1,2\nx,3\n", DEFAULT).contains("before the table"));
    assertFalse(problem("a,b\n1,2\n1\n", DEFAULT).contains("before the table"));
  }

  @Test
  void numbersWithUnicodeDigitsAndSignsAreNotNames() {
    for (String first : OTHER_NUMBERS) {
      assertContains(
          problem(first + "\n3,4\n5,1\n4,2\n", DEFAULT), "line 1, column 1", "replace it by");
    }
    for (String first : new String[] {"\u221e,\u221e", "inf,-Infinity"}) {
      String problem = problem(first + "\n3,4\n5,1\n4,2\n", DEFAULT);
      assertContains(problem, "line 1, column 1", "expected a finite number");
      assertFalse(problem.contains("replace them"), problem);
    }
    assertContains(problem("a,b\n3,\u22124\n", DEFAULT), "line 2, column 2 (b)", "such as - and 0");
  }

  @Test
  void namesWithCommasAreQuoted() {
    assertContains(
        problem("time;\"Temperatur, innen\";Druck\n1;2;3\n", SEMICOLON, "innen"),
        "[time, \"Temperatur, innen\", Druck]");
    assertFalse(
        problem("time;\"Temperatur, innen\"\n1;2\n", SEMICOLON, "x").contains("separator(','"));
  }

  @Test
  void singularIsUsedForOne() {
    assertContains(problem("a,b\n1,2\n1\n", DEFAULT), "got 1 column, expected 2");
    assertContains(
        problem("a,b\n1,2\n1,\n", DEFAULT.missing(CsvMissing.INTERPOLATE)),
        "got a missing value at the end");
    assertContains(
        problem("a,b\n1,2\n1,\n1,\n", DEFAULT.missing(CsvMissing.INTERPOLATE)),
        "got 2 missing values at the end");
  }

  private void reads(String text, CsvConfig config, int channels, float... samples)
      throws IOException {
    Series series = CsvSeries.read(csv(text), config);
    assertEquals(channels, series.channels(), text);
    assertArrayEquals(samples, series.samples(), text);
  }

  private String problem(String text, CsvConfig config, String... columns) {
    return assertThrows(
            BadFileException.class, () -> CsvSeries.read(csv(text), config, columns), text)
        .getMessage();
  }

  private static void assertContains(String problem, String... parts) {
    for (String part : parts) {
      assertTrue(problem.contains(part), () -> "\"" + part + "\" is not in: " + problem);
    }
  }

  private Path csv(String text) throws IOException {
    return Files.writeString(folder.resolve("a.csv"), text);
  }
}
