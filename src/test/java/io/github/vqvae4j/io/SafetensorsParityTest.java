package io.github.vqvae4j.io;

import static io.github.vqvae4j.io.ErrorText.assertMessageContains;
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
 * Headers that were read by Hugging Face's library (src/test/python/safetensors_cases.py). Headers
 * that it rejects are rejected here, and headers that it accepts are accepted, except for the
 * documented differences.
 */
class SafetensorsParityTest {
  private static final Path RESOURCES = Path.of("src/test/resources");

  /** The names of the cases that {@link Safetensors} documents as rejected. */
  private static final Set<String> STRICTER =
      Set.of(
          // types
          "U64",
          "U8",
          "BOOL",
          "F16",
          "BF16",
          // duplicate names
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
  void agreesWithHuggingFace() throws IOException {
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
  void unknownFieldsAreSkipped() throws IOException {
    NamedArray array =
        Safetensors.read(RESOURCES.resolve("cases/e9_extra.safetensors")).arrays().get("b");
    assertEquals(NamedArray.of(new float[1], 1), array);
  }

  @Test
  void halfPrecisionIsRejected() {
    Path file = RESOURCES.resolve("cases/e8_F16.safetensors");
    assertMessageContains(
        assertThrows(BadFileException.class, () -> Safetensors.read(file)),
        "array \"b\": expected a dtype of [F32, F64, I32, I64], got \"F16\"",
        "convert");
  }
}
