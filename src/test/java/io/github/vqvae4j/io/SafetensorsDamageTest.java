package io.github.vqvae4j.io;

import static io.github.vqvae4j.io.ErrorText.assertMessageContains;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.abort;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SafetensorsDamageTest {
  @TempDir Path folder;

  @Test
  void messagesNameFileLocationAndProblem() throws IOException {
    Path file = Files.write(folder.resolve("short"), new byte[7]);
    BadFileException e = assertThrows(BadFileException.class, () -> Safetensors.read(file));
    assertEquals(
        file
            + ": byte 0: expected 8 bytes or more, got 7; the file is truncated or not a"
            + " safetensors file, get a new copy",
        e.getMessage());
    assertEquals(file, e.file());
    assertEquals("byte 0", e.location());
    assertTrue(e.problem().startsWith("expected 8 bytes"));
  }

  @Test
  void badHeaderLengths() throws IOException {
    assertRejected(file(17, "{}", 8), "byte 0", "header length of at most 10", "got 17");
    assertRejected(file(-1, "{}", 0), "byte 0", "18446744073709551615", "at most 2");
    assertRejected(file(Long.MAX_VALUE, "{}", 0), "byte 0", "at most 2");
    assertRejected(file(0, "", 0), "byte 8", "starts with '{'");
  }

  @Test
  void headersAboveTheLimitAreRejected() throws IOException {
    Path sparse = folder.resolve("sparse");
    try (var channel =
        FileChannel.open(sparse, StandardOpenOption.CREATE, StandardOpenOption.WRITE)) {
      ByteBuffer length = ByteBuffer.allocate(8).order(ByteOrder.LITTLE_ENDIAN);
      channel.write(length.putLong(100_000_001).flip(), 0);
      channel.write(ByteBuffer.wrap(new byte[1]), 200_000_000);
    }
    assertRejected(sparse, "byte 0", "100000001", "at most 100000000");
  }

  @Test
  void nonJsonHeadersAreRejected() throws IOException {
    assertRejected(header("[1]", 0), "byte 8", "expected JSON");
    assertRejected(header("hello", 0), "byte 8", "expected JSON");
    assertRejected(header("{", 0), "header", "not valid JSON");
    assertRejected(header("{\"a\"", 0), "header", "not valid JSON");
    assertRejected(header("{'a':{}}", 0), "header", "not valid JSON");
    assertRejected(header("{}x", 0), "header");
    assertRejected(header("{}{}", 0), "header");
    assertRejected(header("{\"a\":NaN}", 0), "get a new copy");
    assertRejected(
        file(3, "{\"\u00e9".getBytes(StandardCharsets.ISO_8859_1), 0), "header", "UTF-8");
  }

  @Test
  void deepNestingIsRejected() throws IOException {
    String deep = "[".repeat(1_000_000);
    assertRejected(
        header("{\"a\":" + deep, 0), "array \"a\"", "got BEGIN_ARRAY", "expected BEGIN_OBJECT");
    assertRejected(
        header("{\"a\":" + "{\"a\":".repeat(100_000), 0), "header", "more than 127 levels deep");
    assertRejected(
        header("{\"a\":{\"dtype\":\"F32\",\"shape\":" + deep, 0),
        "an element of shape: expected",
        "got BEGIN_ARRAY",
        "expected NUMBER");
    assertRejected(
        header("{\"__metadata__\":{\"k\":" + deep, 0), "__metadata__", "expected STRING");
  }

  @Test
  void badMetadataIsRejected() throws IOException {
    assertRejected(
        header("{\"__metadata__\":3}", 0), "__metadata__", "NUMBER", "expected BEGIN_OBJECT");
    assertRejected(header("{\"__metadata__\":{\"k\":3}}", 0), "\"k\"", "NUMBER", "expected STRING");
    assertRejected(header("{\"__metadata__\":{\"k\":null}}", 0), "\"k\"", "NULL");
    assertRejected(header("{\"__metadata__\":{\"k\":\"\",\"k\":\"\"}}", 0), "duplicate name \"k\"");
    assertRejected(
        header("{\"__metadata__\":{},\"__metadata__\":{}}", 0),
        "duplicate name",
        "expected it once");
  }

  /** Names may contain line breaks or terminal escapes, and be as long as the file. */
  @Test
  void messagesQuoteFilesInOneShortLine() throws IOException {
    for (String text : List.of("a\\n\\u001b[31mX\\u2028\\u202e", "long".repeat(100_000))) {
      String valid = "{\"dtype\":\"F32\",\"shape\":[0],\"data_offsets\":[0,0]}";
      List<String> headers =
          List.of(
              "{\"" + text + "\":3}",
              "{\"" + text + "\":" + valid + ",\"" + text + "\":" + valid + "}",
              "{\"a\":{\"" + text + "\":1,\"" + text + "\":1}}",
              "{\"a\":{\"dtype\":\"" + text + "\"}}",
              "{\"" + text + "\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[0,0]}}",
              "{\"__metadata__\":{\"" + text + "\":3}}",
              "{\"__metadata__\":{\"" + text + "\":\"\",\"" + text + "\":\"\"}}");
      for (String header : headers) {
        Path file = header(header, 0);
        BadFileException e = assertThrows(BadFileException.class, () -> Safetensors.read(file));
        String message = e.getMessage();
        assertTrue(message.length() < 500, message.length() + " characters");
        assertTrue(message.chars().noneMatch(Character::isISOControl), message);
        assertMessageContains(
            e, text.startsWith("long") ? "longlong..." : "a\\n\\u001B[31mX\\u2028\\u202E");
      }
    }
    assertRejected(shape("[" + "9".repeat(1_000) + "]", 0, 4), "in shape, got 999", "999...;");
  }

  @Test
  void messagesHaveALimitedLength() {
    String text = "got\n" + "long".repeat(1_000_000) + "; get a new copy";
    BadFileException e = new BadFileException(Path.of("a"), text, text);
    assertTrue(e.getMessage().length() < 9_000);
    assertMessageContains(e, "a: got\\nlonglong", "longlong .. ", "longlong; get a new copy");
    assertEquals("a: " + e.location() + ": " + e.problem(), e.getMessage());
  }

  @Test
  void badArraysAreRejected() throws IOException {
    String valid = "{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[0,4]}";
    assertEquals(1, Safetensors.read(header("{\"a\":" + valid + "}", 4)).arrays().size());
    assertRejected(header("{\"a\":" + valid + ",\"a\":" + valid + "}", 4), "duplicate name \"a\"");
    assertRejected(array("{}", 0), "array \"w\"", "incomplete");
    assertRejected(array("{\"dtype\":\"F32\",\"shape\":[]}", 0), "incomplete", "data_offsets");
    assertRejected(array("{\"dtype\":\"F32\",\"dtype\":\"F32\"}", 0), "duplicate name \"dtype\"");
    assertRejected(array("{\"dtype\":\"F32\",\"colour\":1}", 0), "array \"w\"", "incomplete");
    assertRejected(
        array("{\"dtype\":\"BF16\",\"shape\":[1],\"data_offsets\":[0,2]}", 2),
        "array \"w\"",
        "BF16",
        "[F32, F64, I32, I64]",
        "convert");
    assertRejected(array("{\"dtype\":1}", 0), "dtype: expected", "got NUMBER", "expected STRING");
    assertRejected(
        array("{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[0]}", 4), "incomplete");
    assertRejected(
        array("{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[0,4,8]}", 4),
        "at most 2 elements");
    assertRejected(shape("[" + "1,".repeat(32) + "1]", 0, 4), "at most 32 elements");
  }

  @Test
  void badShapesAreRejected() throws IOException {
    assertRejected(
        shape("[-1]", 0, 4), "array \"w\"", "expected integers from 0", "in shape, got -1");
    assertRejected(shape("[1.5]", 0, 4), "in shape, got 1.5");
    assertRejected(shape("[1e9]", 0, 4), "in shape, got 1e9");
    assertRejected(shape("[\"1\"]", 0, 4), "STRING", "expected NUMBER");
    assertRejected(shape("[99999999999999999999]", 0, 4), "99999999999999999999", "10^18");
    assertRejected(shape("[4294967296,4294967296]", 0, 4), "overflows");
    assertRejected(shape("[4611686018427387904]", 0, 4), "10^18");
    assertRejected(shape("[2]", 0, 4), "[0, 4] do not match F32[2]", "expected 8 bytes");
    assertRejected(shape("[]", 0, 0), "do not match F32[]", "expected 4 bytes");
  }

  @Test
  void badOffsetsAreRejected() throws IOException {
    assertRejected(shape("[1]", 4, 0), "array \"w\"", "[4, 0] are out of range");
    assertRejected(shape("[2]", 0, 8), "[0, 8] are out of range", "4 data bytes");
    assertRejected(shape("[0]", 4, 4), "leave a gap", "expected a start at 0");
    String a = "\"a\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[0,8]}";
    String overlap = "\"b\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[4,8]}";
    String gap = "\"c\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[12,16]}";
    assertRejected(
        header("{" + a + "," + overlap + "}", 8), "array \"b\"", "overlap", "start at 8");
    assertRejected(header("{" + gap + "," + a + "}", 16), "array \"c\"", "gap", "start at 8");
    assertRejected(header("{" + a + "}", 9), "data byte 8", "1 bytes follow", "expected the end");
    assertRejected(header("{" + a + "}", 7), "array \"a\"", "out of range");
    assertRejected(header("{}", 1), "data byte 0", "1 bytes follow");
  }

  @Test
  void arraysTooLongForTheHeapAreRejectedBeforeAllocation() throws IOException {
    Path sparse = folder.resolve("sparse");
    String header =
        "{\"w\":{\"dtype\":\"F32\",\"shape\":[3000000000],\"data_offsets\":[0,12000000000]}}";
    Files.write(sparse, Files.readAllBytes(header(header, 0)));
    try (var channel = FileChannel.open(sparse, StandardOpenOption.WRITE)) {
      channel.write(ByteBuffer.wrap(new byte[1]), 8 + header.length() + 12_000_000_000L - 1);
    } catch (IOException e) {
      abort("cannot create a sparse file: " + e);
    }
    assertRejected(sparse, "array \"w\"", "too long", "at most 2147483639", "split");
  }

  private static void assertRejected(Path file, String... parts) {
    BadFileException e = assertThrows(BadFileException.class, () -> Safetensors.read(file));
    assertMessageContains(e, file.toString());
    assertMessageContains(e, parts);
  }

  private Path shape(String shape, long begin, long end) throws IOException {
    return array(
        "{\"dtype\":\"F32\",\"shape\":" + shape + ",\"data_offsets\":[" + begin + "," + end + "]}",
        4);
  }

  private Path array(String description, int dataLength) throws IOException {
    return header("{\"w\":" + description + "}", dataLength);
  }

  private Path header(String header, int dataLength) throws IOException {
    return file(header.length(), header, dataLength);
  }

  private Path file(long headerLength, String header, int dataLength) throws IOException {
    return file(headerLength, header.getBytes(StandardCharsets.UTF_8), dataLength);
  }

  private Path file(long headerLength, byte[] header, int dataLength) throws IOException {
    ByteBuffer bytes =
        ByteBuffer.allocate(8 + header.length + dataLength).order(ByteOrder.LITTLE_ENDIAN);
    bytes.putLong(headerLength).put(header);
    return Files.write(folder.resolve("bad.safetensors"), bytes.array());
  }
}
