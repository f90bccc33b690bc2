package io.github.vqvae4j.quantize;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.github.vqvae4j.io.BadFileException;
import io.github.vqvae4j.random.Rng;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CodesSourceTest {
  private static final int IMAGES = 1_000;

  @TempDir private Path folder;

  @Test
  void batchesEqualThoseInMemory() throws IOException {
    Rng rng = new Rng(4);
    int[] values = IntStream.generate(() -> rng.nextInt(512)).limit(IMAGES * 49).toArray();
    Codes codes =
        Codes.of(values, 512, IMAGES, 7, 7)
            .withLabels(IntStream.range(0, IMAGES).toArray())
            .withModelHash("ab".repeat(32));
    Path file = folder.resolve("some.codes");
    codes.write(file);
    try (CodesSource source = CodesSource.open(file)) {
      assertEquals(IMAGES, source.size());
      assertEquals(codes.exampleShape(), source.exampleShape());
      for (int i = 0; i < 100; i++) {
        int[] indices = IntStream.generate(() -> rng.nextInt(IMAGES)).limit(1 + i % 9).toArray();
        assertEquals(codes.batch(indices), source.batch(indices));
      }
      assertEquals(codes.modelHash(), source.batch(999, 0).modelHash());
      assertThrows(IllegalArgumentException.class, source::batch);
      assertThrows(IllegalArgumentException.class, () -> source.batch(IMAGES));
      assertThrows(IllegalArgumentException.class, () -> source.batch(-1));
    }
    byte[] bytes = Files.readAllBytes(file);
    bytes[5_000]++;
    Files.write(file, bytes);
    try (CodesSource source = CodesSource.open(file)) {
      assertThrows(UncheckedIOException.class, () -> source.batch(100));
      assertEquals(codes.batch(999), source.batch(999));
    }
    Files.write(file, Arrays.copyOf(bytes, bytes.length - 1));
    assertThrows(BadFileException.class, () -> CodesSource.open(file));
  }
}
