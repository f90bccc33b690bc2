package io.github.vqvae4j.io;

import static io.github.vqvae4j.io.ErrorText.assertMessageContains;
import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class StrictJsonTest {
  private record Scale(List<Double> means, String name, int count, Inner inner) {}

  private record Inner(boolean on) {}

  private static final Scale SCALE =
      new Scale(
          List.of(0.1, -0.0, 4.9e-324), "größe \u2028 \u0001 \ud83d\ude00", 3, new Inner(true));

  @TempDir private Path folder;

  private static void assertRejected(String text, String... parts) {
    assertMessageContains(
        assertThrows(IllegalArgumentException.class, () -> StrictJson.parse(text)), parts);
  }

  @Test
  void invalidJsonIsRejected() {
    for (String text :
        List.of(
            "",
            "{",
            "{'a':1}",
            "{a:1}",
            "{\"a\":'b'}",
            "{\"a\":b}",
            "{\"a\":NaN}",
            "{\"a\":Infinity}",
            "{\"a\":-Infinity}",
            "{\"a\":1e999}",
            "{\"a\":01}",
            "{\"a\":.5}",
            "{\"a\":1.}",
            "{\"a\":+1}",
            "{\"a\":0x10}",
            "{\"a\":TRUE}",
            "{\"a\":1,}",
            "{\"a\":[1,]}",
            "{\"a\":[1,,2]}",
            "{\"a\"=1}",
            "{\"a\":1;\"b\":2}",
            "{/**/}",
            "{} // comment",
            "#comment\n{}",
            ")]}'\n{}",
            "{}x",
            "{}{}",
            "{\"a\":\"\u0001\"}",
            "{\"a\":\"\n\"}",
            "{\"a\":\"\\q\"}",
            "{\"a\":\"\\u12\"}")) {
      assertRejected(text, "not valid JSON at line ");
    }
    assertRejected("[]", "expected a JSON object, got []");
    assertRejected("7", "expected a JSON object, got 7");
    assertRejected("null", "expected a JSON object, got null");
  }

  @Test
  void ambiguousJsonIsRejected() {
    assertRejected("{\"a\":1,\"a\":1}", "duplicate name \"a\" at line 1 column ");
    assertRejected("{\"a\":1,\"\\u0061\":1}", "duplicate name \"a\"");
    assertRejected("{\"x\":[{\"a\":{},\"a\":2}]}", "duplicate name \"a\"");
    assertRejected("{\"a\":\"\\ud800\"}", "not valid JSON at line 1");
    assertRejected("{\"\\udc00\":1}", "not valid JSON at line 1");
    assertEquals(
        "\ud83d\ude00", StrictJson.parse("{\"a\":\"\\ud83d\\ude00\"}").get("a").getAsString());
  }

  @Test
  void deepAndLongJsonIsRejected() {
    assertDoesNotThrow(() -> StrictJson.parse("{\"a\":" + nested(126) + "}"));
    assertRejected("{\"a\":" + nested(127) + "}", "more than 127 levels deep at line 1");
    assertRejected("{\"a\":" + "[".repeat(500_000), "more than 127 levels deep");
    assertRejected("{\"a\":".repeat(100_000), "more than 127 levels deep");
    assertRejected("{\"a\":\"" + "x".repeat(1 << 20) + "\"}", "expected at most 1048576");
  }

  private static String nested(int depth) {
    return "[".repeat(depth) + "]".repeat(depth);
  }

  @Test
  void recordFilesAreReadStrictly() throws IOException {
    Path file = folder.resolve("scale.json");
    RecordFile.write(file, SCALE);
    assertEquals(SCALE, RecordFile.read(file, Scale.class, "Scale.save"));
    String text = Files.readString(file);
    assertFileRejected(
        text.replace("\"count\": 3", "\"count\": 3, \"count\": 3"), "duplicate name \"count\"");
    assertFileRejected(
        text.replace("\"count\": 3", "\"count\": 3.5"), "count: expected", "got 3.5");
    assertFileRejected(
        text.replace("\"count\": 3", "\"count\": 3000000000"), "count: expected", "got 3000000000");
    assertFileRejected(
        text.replace("\"count\": 3", "\"count\": \"3\""), "count: expected", "got \"3\"");
    assertFileRejected(text.replace("0.1", "NaN"), "not valid JSON at line 5");
    assertFileRejected(text.replace("0.1", "null"), "means[0]: expected", "got null");
    assertFileRejected(
        text.replace("\"on\"", "\"off\""), "inner.off: unknown name", "version of vqvae4j");
    assertFileRejected(
        text.replace("\"format\"", "\"format\": \"Scale\", \"format\""), "duplicate name");
    assertFileRejected(text + "{}", "not valid JSON");
    assertFileRejected(text + " ".repeat(1 << 20), "byte 1048576", "at most 1048576 bytes");
    byte[] bytes = text.getBytes(StandardCharsets.ISO_8859_1);
    Files.write(file, bytes);
    assertMessageContains(
        assertThrows(
            BadFileException.class, () -> RecordFile.read(file, Scale.class, "Scale.save")),
        "not valid UTF-8");
    Files.writeString(file, "\ufeff" + text);
    assertEquals(SCALE, RecordFile.read(file, Scale.class, "Scale.save"), "with a BOM");
  }

  private void assertFileRejected(String text, String... parts) throws IOException {
    Path file = Files.writeString(folder.resolve("bad.json"), text);
    assertMessageContains(
        assertThrows(
            BadFileException.class, () -> RecordFile.read(file, Scale.class, "Scale.save")),
        parts);
  }

  @Test
  void unreadableRecordsAreNotWritten() {
    Path file = folder.resolve("none.json");
    for (Scale bad :
        List.of(
            new Scale(List.of(1.0), "\ud800", 1, new Inner(true)),
            new Scale(List.of(), "x".repeat(1 << 20), 1, new Inner(true)),
            new Scale(List.of(), "\u00e4".repeat(600_000), 1, new Inner(true)))) {
      assertThrows(IllegalArgumentException.class, () -> RecordFile.write(file, bad));
    }
    assertTrue(Files.notExists(file));
  }
}
