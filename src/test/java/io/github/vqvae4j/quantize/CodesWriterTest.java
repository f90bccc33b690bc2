package io.github.vqvae4j.quantize;

import static io.github.vqvae4j.io.ErrorText.assertMessageContains;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.github.vqvae4j.random.Rng;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Optional;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CodesWriterTest {
  private static final int IMAGES = 1_000;

  @TempDir private Path folder;

  private static Codes codes() {
    Rng rng = new Rng(4);
    int[] values = IntStream.generate(() -> rng.nextInt(512)).limit(IMAGES * 49).toArray();
    return Codes.of(values, 512, IMAGES, 7, 7)
        .withLabels(IntStream.range(0, IMAGES).toArray())
        .withModelHash("ab".repeat(32));
  }

  @Test
  void partsOfAnySizeGiveTheBytesOfTheWhole() throws IOException {
    Codes codes = codes();
    Path whole = folder.resolve("whole.codes");
    codes.write(whole);
    for (int size : new int[] {1, 3, 167, 168, 999, 1_000}) {
      Path file = folder.resolve("parts.codes");
      try (CodesWriter writer = CodesWriter.create(file)) {
        for (int from = 0; from < IMAGES; from += size) {
          writer.add(codes.range(from, Math.min(IMAGES, from + size)));
        }
        writer.finish();
        assertThrows(IllegalStateException.class, writer::finish);
      }
      assertArrayEquals(Files.readAllBytes(whole), Files.readAllBytes(file), "parts of " + size);
    }
    assertEquals(codes, Codes.read(whole));
  }

  @Test
  void unfinishedFilesAreDeletedAndOldOnesKept() throws IOException {
    Codes codes = codes();
    Path file = folder.resolve("some.codes");
    codes.range(0, 1).write(file);
    try (CodesWriter writer = CodesWriter.create(file)) {
      assertThrows(IllegalStateException.class, writer::finish);
      writer.add(codes);
    }
    assertFalse(Files.exists(folder.resolve("some.codes.partial")));
    assertEquals(codes.range(0, 1), Codes.read(file));
  }

  @Test
  void otherCodesAreRejected() throws IOException {
    Codes codes = codes().range(0, 2);
    try (CodesWriter writer = CodesWriter.create(folder.resolve("some.codes"))) {
      writer.add(codes);
      for (Codes other :
          new Codes[] {
            Codes.of(codes.values(), 512, 2, 7, 7),
            codes.withModelHash("cd".repeat(32)),
            Codes.of(codes.values(), 513, 2, 7, 7).withModelHash("ab".repeat(32)),
            Codes.of(codes.values(), 512, 2, 49, 1).withModelHash("ab".repeat(32))
          }) {
        assertMessageContains(
            assertThrows(IllegalArgumentException.class, () -> writer.add(other)),
            "CodesWriter.add: expected codes like those added before");
      }
    }
  }

  @Test
  void aMillionImagesAreWrittenAndRead() throws IOException {
    Path file = folder.resolve("many.codes");
    int[] values = new int[49 * 10_000];
    Arrays.setAll(values, i -> i % 512);
    Codes part = Codes.of(values, 512, 10_000, 7, 7);
    try (CodesWriter writer = CodesWriter.create(file)) {
      for (int i = 0; i < 100; i++) {
        writer.add(part);
      }
      writer.finish();
    }
    long images = 0;
    try (CodesReader reader = CodesReader.open(file)) {
      for (Optional<Codes> next = reader.next(); next.isPresent(); next = reader.next()) {
        images += next.get().count();
      }
    }
    assertEquals(1_000_000, images);
    assertEquals(1_000_000L * 49 * 9 / 8, Files.size(file), 100_000);
  }
}
