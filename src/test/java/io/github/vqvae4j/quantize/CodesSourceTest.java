package io.github.vqvae4j.quantize;

import static io.github.vqvae4j.io.ErrorText.assertMessageContains;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.vqvae4j.io.BadFileException;
import io.github.vqvae4j.random.Rng;
import io.github.vqvae4j.tensor.ChildJvm;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

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
      assertTrue(
          source
              .toString()
              .startsWith("CodesSource" + codes.toString().split(" ")[0].substring(5)));
      for (int i = 0; i < 100; i++) {
        int[] indices = IntStream.generate(() -> rng.nextInt(IMAGES)).limit(1 + i % 9).toArray();
        assertEquals(codes.batch(indices), source.batch(indices));
      }
      assertEquals(codes.modelHash(), source.batch(999, 0).modelHash());
      assertEquals(codes.modelHash(), source.modelHash());
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

  @ParameterizedTest
  @ValueSource(longs = {5, 20_261_201})
  void codesOfAnyKindAreRead(long seed) throws IOException {
    Rng rng = new Rng(seed);
    Path file = folder.resolve("some.codes");
    for (int i = 0; i < 100; i++) {
      Codes codes = RandomCodes.of(rng);
      codes.write(file);
      int[] indices = IntStream.generate(() -> rng.nextInt(codes.count())).limit(5).toArray();
      try (CodesSource source = CodesSource.open(file)) {
        assertEquals(codes.batch(indices), source.batch(indices), () -> "seed " + seed);
        assertEquals(codes.exampleShape(), source.exampleShape());
        int group = codes.codebooks().groups() - 1;
        assertEquals(codes.group(group).batch(indices), source.group(group).batch(indices));
        assertEquals(codes.group(group).exampleShape(), source.group(group).exampleShape());
        int stage = codes.codebooks().stages() - 1;
        assertEquals(codes.stage(stage).batch(indices), source.stage(stage).batch(indices));
        assertEquals(codes.count(), source.stage(stage).size());
        assertThrows(IllegalArgumentException.class, () -> source.group(group + 1));
      }
    }
  }

  @Test
  void blocksWithAndWithoutMissingCodesAndLabelsAreRead() throws IOException {
    Rng rng = new Rng(6);
    int[] values = IntStream.generate(() -> rng.nextInt(8)).limit(IMAGES * 49).toArray();
    Arrays.fill(values, 400 * 49, 410 * 49, Codes.MISSING);
    int[] labels = IntStream.range(0, IMAGES).map(i -> i < 500 ? Codes.MISSING : i).toArray();
    Codes codes = Codes.of(values, 8, IMAGES, 7, 7).withLabels(labels);
    Path file = folder.resolve("some.codes");
    codes.write(file);
    try (CodesSource source = CodesSource.open(file)) {
      int[] reversed = IntStream.range(0, IMAGES).map(i -> IMAGES - 1 - i).toArray();
      assertEquals(codes.batch(reversed), source.batch(reversed));
      assertEquals(codes.batch(3, 3, 405), source.batch(3, 3, 405));
    }
  }

  @Test
  void severalThreadsReadTheRightCodes() throws Exception {
    Rng rng = new Rng(7);
    int[] values = IntStream.generate(() -> rng.nextInt(512)).limit(IMAGES * 49).toArray();
    Codes codes =
        Codes.of(values, 512, IMAGES, 7, 7).withLabels(IntStream.range(0, IMAGES).toArray());
    Path file = folder.resolve("some.codes");
    codes.write(file);
    ExecutorService threads = Executors.newFixedThreadPool(4);
    try (CodesSource source = CodesSource.open(file)) {
      List<Future<?>> readers = new ArrayList<>();
      for (int thread = 0; thread < 4; thread++) {
        Rng own = new Rng(thread);
        readers.add(
            threads.submit(
                () -> {
                  for (int i = 0; i < 500; i++) {
                    int[] indices =
                        IntStream.generate(() -> own.nextInt(IMAGES)).limit(64).toArray();
                    assertEquals(codes.batch(indices), source.batch(indices));
                  }
                }));
      }
      for (Future<?> reader : readers) {
        reader.get();
      }
    } finally {
      threads.shutdownNow();
    }
  }

  /** Writes and reads a file that is larger than the heap of its process. */
  static final class LargeFile {
    private static final int MAPS = 2_000_000;
    private static final int PART = 10_000;

    private LargeFile() {}

    public static void main(String[] args) throws IOException {
      Path file = Path.of(args[0]);
      try (CodesWriter writer = CodesWriter.create(file)) {
        for (int from = 0; from < MAPS; from += PART) {
          writer.add(part(from));
        }
        writer.finish();
      }
      int images = 0;
      try (CodesReader reader = CodesReader.open(file)) {
        for (Optional<Codes> next = reader.next(); next.isPresent(); next = reader.next()) {
          check(next.get().labels().orElseThrow()[0] == images);
          images += next.get().count();
        }
      }
      check(images == MAPS);
      Rng rng = new Rng(1);
      int batches = 0;
      try (CodesSource source = CodesSource.open(file)) {
        long start = System.nanoTime();
        for (; batches < 1_000; batches++) {
          int[] indices = IntStream.generate(() -> rng.nextInt(MAPS)).limit(64).toArray();
          Codes batch = source.batch(indices);
          check(Arrays.equals(batch.labels().orElseThrow(), indices));
          check(batch.range(63, 64).values()[48] == (indices[63] + 48) % 512);
        }
        double seconds = (System.nanoTime() - start) / 1e9;
        System.out.printf(Locale.ROOT, "%.0f maps/s%n", 64 * batches / seconds);
      }
      System.out.printf("heap %d, file %d%n", Runtime.getRuntime().maxMemory(), Files.size(file));
    }

    private static Codes part(int from) {
      int[] values = new int[PART * 49];
      Arrays.setAll(values, i -> (from + i / 49 + i % 49) % 512);
      return Codes.of(values, 512, PART, 7, 7)
          .withLabels(IntStream.range(from, from + PART).toArray());
    }

    private static void check(boolean condition) {
      if (!condition) {
        throw new AssertionError("other codes than those written");
      }
    }
  }

  @Test
  void filesLargerThanTheHeapAreWrittenAndRead() throws Exception {
    ChildJvm.Result result =
        new ChildJvm()
            .with("-Xmx48m")
            .run(LargeFile.class, folder.resolve("large.codes").toString());
    assertEquals(0, result.exit(), result::toString);
    String[] sizes = result.linesWith("heap").get(0).split("\\D+");
    assertTrue(2 * Long.parseLong(sizes[1]) < Long.parseLong(sizes[2]), result::toString);
  }

  @Test
  void closedAndTruncatedFilesAreNamed() throws IOException {
    Path file = folder.resolve("some.codes");
    Codes.of(new int[IMAGES * 49], 512, IMAGES, 7, 7).write(file);
    CodesSource source = CodesSource.open(file);
    CodesReader reader = CodesReader.open(file);
    source.batch(0);
    Files.write(file, Arrays.copyOf(Files.readAllBytes(file), 20_000));
    assertMessageContains(
        assertThrows(UncheckedIOException.class, () -> source.batch(IMAGES - 1)),
        "BadFileException",
        "some.codes: byte ",
        "more bytes, got 0");
    source.close();
    reader.close();
    assertMessageContains(
        assertThrows(IllegalStateException.class, () -> source.batch(0)),
        "some.codes: expected an open code file, got a closed one. Open it again.");
    assertThrows(IllegalStateException.class, reader::next);
  }
}
