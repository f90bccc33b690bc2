package io.github.vqvae4j.io;

import static io.github.vqvae4j.io.ErrorText.assertMessageContains;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CheckedSafetensorsTest {
  @TempDir Path folder;

  @Test
  void everyBitOfASmallFile() throws IOException {
    Path file = folder.resolve("a.safetensors");
    Map<String, NamedArray> arrays =
        Map.of("a", NamedArray.of(new float[] {1, -0f, 3}, 3), "b", NamedArray.of(new long[1], 1));
    CheckedSafetensors.write(file, Map.of("name", "value"), arrays);
    SafetensorsFile content = CheckedSafetensors.read(file);
    assertEquals(arrays, content.arrays());
    assertEquals("value", content.metadata().get("name"));
    assertEquals(content, Safetensors.read(file));
    byte[] intact = Files.readAllBytes(file);
    for (int bit = 0; bit < 8 * intact.length; bit++) {
      byte[] damaged = intact.clone();
      damaged[bit / 8] ^= (byte) (1 << bit % 8);
      Files.write(file, damaged);
      assertThrows(BadFileException.class, () -> CheckedSafetensors.read(file), "bit " + bit);
    }
    for (int length = 0; length < intact.length; length++) {
      Files.write(file, Arrays.copyOf(intact, length));
      assertThrows(BadFileException.class, () -> CheckedSafetensors.read(file), length + " bytes");
    }
  }

  /** The metadata of a file that was read contains its checksum. */
  @Test
  void aFileIsWrittenAgainWithItsMetadata() throws IOException {
    Path file = folder.resolve("c.safetensors");
    CheckedSafetensors.write(file, Map.of("name", "value"), Map.of());
    byte[] first = Files.readAllBytes(file);
    CheckedSafetensors.write(file, CheckedSafetensors.read(file).metadata(), Map.of());
    assertArrayEquals(first, Files.readAllBytes(file));
  }

  @Test
  void fileWithoutChecksum() throws IOException {
    Path file = folder.resolve("b.safetensors");
    Safetensors.write(file, Map.of("name", "value"), Map.of());
    assertMessageContains(
        assertThrows(BadFileException.class, () -> CheckedSafetensors.read(file)),
        file.toString(),
        "byte 8",
        "expected a checksum, got none");
  }
}
