package io.github.vqvae4j.io;

import static io.github.vqvae4j.io.ErrorText.assertSays;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import com.google.gson.Gson;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Headers that Hugging Face's library was asked about (src/test/python/safetensors_cases.py): what
 * it refuses is refused here, and what it reads is read but for the documented differences.
 */
class SafetensorsParityTest {
  private static final Path RESOURCES = Path.of("src/test/resources");

  /** What {@link Safetensors} documents as refused, by the cases' names. */
  private static final Set<String> STRICTER =
      Set.of(
          // types
          "U64",
          "U8",
          "BOOL",
          "F16",
          "BF16",
          // names that come twice
          "dup array",
          "dup array different",
          "dup metadata key",
          "escape dup",
          "extra twice",
          // form
          "leading space",
          "entry array",
          // dimensions
          "rank 33",
          "rank 40 ",
          "shape 1e18+",
          "zero size, huge other dim",
          "zero then huge huge");

  @TempDir private Path folder;

  private record Case(String name, String header, int data, List<String> read) {}

  @Test
  void asHuggingFaceReads() throws IOException {
    Case[] cases =
        new Gson()
            .fromJson(Files.readString(RESOURCES.resolve("safetensors-cases.json")), Case[].class);
    List<String> differences = new ArrayList<>();
    Set<String> stricter = new TreeSet<>();
    for (Case one : cases) {
      byte[] header = Base64.getDecoder().decode(one.header());
      ByteBuffer bytes =
          ByteBuffer.allocate(8 + header.length + one.data()).order(ByteOrder.LITTLE_ENDIAN);
      bytes.putLong(header.length).put(header);
      Path file = Files.write(folder.resolve("case"), bytes.array());
      List<String> names = null;
      try {
        names = List.copyOf(new TreeSet<>(Safetensors.read(file).arrays().keySet()));
      } catch (BadFileException e) {
        if (one.read() != null) {
          stricter.add(one.name());
        }
      }
      if (names != null && !names.equals(one.read())) {
        differences.add(one + " -> " + names);
      }
    }
    assertEquals(List.of(), differences);
    assertEquals(new TreeSet<>(STRICTER), stricter);
  }

  @Test
  void anExtraFieldIsReadOver() throws IOException {
    NamedArray array =
        Safetensors.read(RESOURCES.resolve("cases/e9_extra.safetensors")).arrays().get("b");
    assertEquals(NamedArray.of(new float[1], 1), array);
  }

  @Test
  void halfPrecisionIsRefused() {
    Path file = RESOURCES.resolve("cases/e8_F16.safetensors");
    assertSays(
        assertThrows(BadFileException.class, () -> Safetensors.read(file)),
        "array \"b\": dtype \"F16\"",
        "[F32, F64, I32, I64]",
        "convert");
  }
}
