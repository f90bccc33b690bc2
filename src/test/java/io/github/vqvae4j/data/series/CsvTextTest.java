package io.github.vqvae4j.data.series;

import static io.github.vqvae4j.io.ErrorText.assertMessageContains;
import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_16;
import static java.nio.charset.StandardCharsets.UTF_16BE;
import static java.nio.charset.StandardCharsets.UTF_16LE;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.github.vqvae4j.io.BadFileException;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;
import java.util.zip.GZIPOutputStream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Encoding, lines, quotes and digits of CSV files. */
class CsvTextTest {
  @TempDir Path folder;

  @Test
  void allLineEndingsAreSupported() throws IOException {
    for (String end : new String[] {"\n", "\r\n", "\r"}) {
      reads("a,b\n1,2\n\n3,4\n".replace("\n", end), 2, 1, 2, 3, 4);
      reads("a,b\n1,2\n  \n3,4".replace("\n", end), 2, 1, 2, 3, 4);
      assertRejected("a,b\n1,2\n\n3,x\n".replace("\n", end), "line 4, column 2 (b)");
    }
  }

  @Test
  void quotedFieldsMayContainSeparatorsQuotesAndLineEndings() throws IOException {
    reads("\"a\nb\",\"c \"\"d\"\"\"\n\"1\",2\n", 2, 1, 2);
    assertRejected("\"a\nb\",\"c\"\"d\"\n1,x\n", "line 3, column 2 (c\"d): got \"x\"");
    assertRejected("\"a\nb\",c\n\"x\n\",2\n", "line 3, column 1 (a\\nb): got \"x\"");
    reads("a , \"b\" \n \"1\" ,\t2\n", 2, 1, 2);
    assertArrayEquals(new float[] {2}, CsvSeries.read(csv("a , \"b,\" \n1,2\n"), "b,").samples());
    assertArrayEquals(new float[] {1}, CsvSeries.read(csv(" a ,b\n1,2\n"), " a").samples());
    assertRejected("a,\"b\n1,2\n", "quotes and fields", "closed quotation marks", "line 1");
    assertRejected("a,\"b\"x\n1,2\n", "quotes and fields", "after closing quote", "line 1");
    assertRejected("sep=,\na,b\n1,2\n3,\"4\n", "quotes and fields", "line 4");
  }

  @Test
  void separatorLineFollowsExcel() throws IOException {
    reads("sep=;\n1;2.5\n", 2, 1, 2.5f);
    reads("sep=,\n1,5\n2,5\n", 2, 1, 5, 2, 5);
    reads("\uFEFFSEP=\t\r\na\tb\r\n1\t2\r\n", 2, 1, 2);
    assertRejected("sep=;\na;b\n1;x\n", "line 3, column 2 (b)");
    assertRejected("sep=;", "end of file: got no values");
    assertRejected("sep=;\n", "end of file: got no values");
    // These are names.
    reads("sep=;a\n1\n", 1, 1);
    reads("sep=\n1\n", 1, 1);
    reads("sep=5\n1\n", 1, 1);
    reads("a\nsep=\n".replace("sep=", "2"), 1, 2);
    assertRejected("a;b\nsep=;\n1;2\n", "line 2, column 1 (a;b): got \"sep=;\"");
  }

  @Test
  void trailingSeparatorsAreNotColumns() throws IOException {
    reads("a,b,\n1,2,\n3,4,\n", 2, 1, 2, 3, 4);
    reads("a,b\n1,2,\n3,4,,\n5,6\n", 2, 1, 2, 3, 4, 5, 6);
    reads("a,b,,\n1,2,,\n,,,\n,,,\n", 2, 1, 2);
    reads(",,\n,,\na,b,\n1,2,\n", 2, 1, 2);
    assertRejected("1,2.5,\n3,4,5\n", "line 2: got 3 columns, expected 2 as in the first line");
    assertRejected("a,b\n1,2,,3\n", "line 2: got 4 columns, expected 2 as in the first line");
    assertRejected("a,b\n1,2\n,\n3,4\n", "line 3, column 1 (a): got \"\"", "CsvConfig.missing(");
    assertRejected(",,\n,,\n", "end of file: got no values");
    // Without a header, a blank first line contains missing values.
    assertRejected(",\n2.5,2.5\n0,-3\n", "line 1, column 1: got \"\"", "CsvConfig.missing(");
    assertRejected(",,\n,,\n2.5,2.5\n0,-3\n", "line 1, column 1: got \"\"", "remove the line");
    assertArrayEquals(
        new float[] {2.5f, 2.5f, 0, -3},
        CsvSeries.read(
                csv(",\n,\n2.5,2.5\n0,-3\n"), CsvConfig.DEFAULT.missing(CsvMissing.DROP_LINE))
            .samples());
    // An empty name between others is a column.
    reads("a,,b\n1,2,3\n", 3, 1, 2, 3);
  }

  @Test
  void numbersContainOnlyDigitsSignMarkAndExponent() throws IOException {
    reads(
        "v\n1e5\n+1\n.5\n5.\n-1.5E-3\n007\n-0\n1e-400\n", 1, 1e5f, 1, .5f, 5, -1.5e-3f, 7, -0f, 0);
    for (String value :
        new String[] {
          "1d", "1f", "0x1p3", "0x10", "1_0", "1 2", "\u221e", "true", "50%", "$5", "5 V", "1e",
          "e5", ".", "+", "--1", "1-2", "1e5.5", "\u0661", "\uff11", "\u22121", "1\u0001",
          "1\u00a0", "'1'"
        }) {
      assertRejected(
          "v\n" + value + "\n", "line 2, column 1 (v): got \"", "expected a finite number");
    }
    for (String value : new String[] {"inf", "-Infinity", "1e39", "-1e400"}) {
      assertRejected("v\n" + value + "\n", "got \"" + value, "expected a finite number");
    }
    assertRejected("v\n1e39\n", "too large for a float");
    assertRejected("v\n1\u0001\n", "got \"1\\u0001\"");
    for (String value :
        new String[] {
          "2024-01-01", "2024-01-01T10:00:00Z", "31.12.2024", "1/2/24", "10:15", "1:02:03.5"
        }) {
      assertRejected(
          "v\n" + value + "\n", "got \"" + value, "date or time", "CsvConfig.index(PRESENT)");
    }
  }

  @Test
  void binaryFilesAreReportedByKind() throws IOException {
    ByteArrayOutputStream zip = new ByteArrayOutputStream();
    try (ZipOutputStream out = new ZipOutputStream(zip)) {
      out.putNextEntry(new ZipEntry("xl/workbook.xml"));
    }
    assertRejected(
        zip.toByteArray(), "first bytes", "zip archive", ".xlsx", "save the table as CSV");
    ByteArrayOutputStream gzip = new ByteArrayOutputStream();
    try (GZIPOutputStream out = new GZIPOutputStream(gzip)) {
      out.write("a\n1\n".getBytes(UTF_8));
    }
    assertRejected(gzip.toByteArray(), "first bytes", "gzip", "unpack it");
    assertRejected(
        "\ufeffa\n1\n".getBytes(UTF_16LE),
        "first bytes",
        "UTF-16",
        "save the table as CSV in UTF-8");
    assertRejected(
        "a\n1\n".getBytes(UTF_16), "first bytes", "UTF-16", "save the table as CSV in UTF-8");
    assertRejected("a\n1\n".getBytes(UTF_16BE), "first bytes", "UTF-16");
    assertRejected(
        "a\n1\n\0".getBytes(UTF_8), "first bytes", "binary data of unknown kind", "binary");
    assertRejected("\n <!DOCTYPE html><html>".getBytes(UTF_8), "first bytes", "HTML");
    assertRejected("\u00d0\u00cf\u0011\u00e0\u00a1".getBytes(ISO_8859_1), "first bytes", ".xls");
    assertRejected("PAR1\25\0".getBytes(UTF_8), "first bytes", "Parquet");
    assertRejected(new byte[0], "first bytes: got an empty file", "get a new copy of the file");
    assertRejected("h\u00f6he\n1\n".getBytes(ISO_8859_1), "text: got bytes that are not UTF-8");
    byte[] late = ("a\n" + "1\n".repeat(100_000) + "\u00e4\n").getBytes(ISO_8859_1);
    assertRejected(new byte[] {'1', '\n', (byte) 0xC3}, "text: got bytes that are not UTF-8");
    assertRejected(late, "text: got bytes that are not UTF-8");
    reads("h\u00f6he,\ud83d\ude00\n1,2\n", 2, 1, 2);
  }

  @Test
  void memoryIsBounded() throws IOException {
    assertRejected("a\n\"" + "x".repeat(3 << 20), "quotes and fields", "1048576");
    assertRejected("x".repeat(3 << 20) + "\n1\n", "quotes and fields", "1048576");
    assertRejected("#" + "x".repeat(3 << 20) + "\n1\n", "quotes and fields", "1048576");
    assertRejected(",".repeat(1 << 17), "quotes and fields", "65536");
    assertRejected("1,234".repeat(100_000) + "\n1\n", "65536");
    assertRejected("v\n" + "1'234".repeat(100_000) + "\n", "line 2, column 1 (v): got \"1'234");
    String wide = "1.5,".repeat(10_000) + "2\n";
    assertEquals(10_001, CsvSeries.read(csv(wide.repeat(3))).channels());
    assertRejected("name,".repeat(10_000) + "b\n1\n", "line 2: got 1 column, expected 10001");
  }

  @Test
  void lostDifferencesAreRejected() throws IOException {
    for (String start : new String[] {"17000000", "17000000000", "-17000000", "16777216."}) {
      // Seconds, milliseconds and similar units, also with a gap of years.
      StringBuilder times = new StringBuilder("t,v\n");
      for (int i = 11; i < 99; i++) {
        times.append(start).append(i).append(",1\n");
      }
      assertRejected(
          times.toString(),
          "column 1 (t): expected differences that float can represent",
          "got values such as " + start + "11");
      if (!start.endsWith(".")) {
        assertRejected(times + "1e10,1\n", "column 1 (t)", "CsvConfig.index(PRESENT)");
      }
    }
    assertRejected("t\n100000000.5\n100000000.5\n100000000.75\n", "column 1 (t)");
  }

  @Test
  void preservedDifferencesAreRead() throws IOException {
    reads("v\n0.123456789\n0.123456788\n0.5\n0.25\n", 1, .123456789f, .123456788f, .5f, .25f);
    reads("v\n1700000000\n1700000000\n", 1, 1.7e9f, 1.7e9f);
    reads("v\n0.1234567891\n", 1, .1234567891f);
    reads("t\n1700000000\n1700086400\n1700172800\n", 1, 1.7e9f, 1700086400f, 1700172800f);
    StringBuilder text = new StringBuilder("v\n");
    Random random = new Random(3);
    for (int i = 0; i < 2_000; i++) {
      text.append(101_325 + random.nextGaussian()).append('\n');
    }
    assertEquals(2_000, CsvSeries.read(csv(text.toString())).length());
    text = new StringBuilder("v\n");
    for (int i = 0; i < 20_000; i++) {
      text.append(Math.sin(i * 2 * Math.PI / 10_000)).append('\n');
    }
    assertEquals(20_000, CsvSeries.read(csv(text.toString())).length());
    // Most differences are lost, but negligible compared to the range: a settling simulation, and a
    // slow increase with many digits.
    text = new StringBuilder("v,w\n");
    for (int i = 0; i < 200_000; i++) {
      text.append(1 - Math.exp(-i / 1e3)).append(',').append(1 + 1.0000001e-7 * i).append('\n');
    }
    assertEquals(200_000, CsvSeries.read(csv(text.toString())).length());
  }

  private void reads(String text, int channels, float... samples) throws IOException {
    Series series = CsvSeries.read(csv(text));
    assertEquals(channels, series.channels(), text);
    assertArrayEquals(samples, series.samples(), text);
  }

  private void assertRejected(String text, String... parts) throws IOException {
    assertRejected(text.getBytes(UTF_8), parts);
  }

  private void assertRejected(byte[] bytes, String... parts) throws IOException {
    Path file = Files.write(folder.resolve("bytes.csv"), bytes);
    assertMessageContains(assertThrows(BadFileException.class, () -> CsvSeries.read(file)), parts);
  }

  private Path csv(String text) throws IOException {
    return Files.writeString(folder.resolve("a.csv"), text);
  }
}
