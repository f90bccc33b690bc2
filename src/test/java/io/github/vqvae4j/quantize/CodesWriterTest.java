package io.github.vqvae4j.quantize;

import static io.github.vqvae4j.io.ErrorText.assertMessageContains;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.github.vqvae4j.io.BadFileException;
import io.github.vqvae4j.memory.InsufficientMemoryException;
import io.github.vqvae4j.random.Rng;
import io.github.vqvae4j.tensor.ChildJvm;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.Optional;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

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
            "CodesWriter.add: expected codes like those added before: codes [7, 7] of a codebook of"
                + " 512 in blocks of 167 images, of the model abab");
      }
    }
  }

  @Test
  void aResumedFileHasTheBytesOfTheWhole() throws IOException {
    Codes codes = codes();
    Path whole = folder.resolve("whole.codes");
    codes.write(whole);
    Path file = folder.resolve("some.codes");
    int[] ends = {100, 300, 520, 990, 1_000};
    for (int end : ends) {
      try (CodesWriter writer = CodesWriter.resume(file)) {
        int done = (int) writer.count();
        assertEquals(0, done % 167);
        assertEquals(
            done == 0 ? Optional.empty() : Optional.of(codes.range(done - 167, done)),
            writer.lastBlock());
        writer.add(codes.range(done, end));
        assertEquals(end, writer.count());
        if (end == IMAGES) {
          writer.finish();
        }
      }
      assertEquals(end > 167 && end < IMAGES, Files.exists(folder.resolve("some.codes.partial")));
    }
    assertArrayEquals(Files.readAllBytes(whole), Files.readAllBytes(file));
  }

  @Test
  void createStartsAnewAndResumeRejectsOtherCodes() throws IOException {
    Codes codes = codes();
    Path file = folder.resolve("some.codes");
    try (CodesWriter writer = CodesWriter.resume(file)) {
      writer.add(codes.range(0, 500));
    }
    try (CodesWriter writer = CodesWriter.resume(file)) {
      assertEquals(334, writer.count());
      Codes other = codes.withModelHash("cd".repeat(32));
      assertThrows(IllegalArgumentException.class, () -> writer.add(other));
    }
    try (CodesWriter writer = CodesWriter.create(file)) {
      assertEquals(0, writer.count());
      writer.add(codes.range(0, 1));
      writer.finish();
    }
    assertEquals(codes.range(0, 1), Codes.read(file));
    assertFalse(Files.exists(folder.resolve("some.codes.partial")));
  }

  @Test
  void aRestartedFileHasOnlyTheCodesAddedSince() throws IOException {
    Codes codes = codes();
    Path file = folder.resolve("some.codes");
    Path partial = folder.resolve("some.codes.partial");
    try (CodesWriter writer = CodesWriter.resume(file)) {
      writer.add(codes.range(0, 500));
    }
    byte[] unfinished = Files.readAllBytes(partial);
    try (CodesWriter writer = CodesWriter.resume(file)) {
      writer.restart();
      assertEquals(0, writer.count());
    }
    assertArrayEquals(unfinished, Files.readAllBytes(partial), "nothing was added");
    try (CodesWriter writer = CodesWriter.resume(file)) {
      writer.restart();
      writer.add(codes.range(500, 600));
      assertThrows(IllegalStateException.class, writer::restart);
      writer.finish();
    }
    assertEquals(codes.range(500, 600), Codes.read(file));
  }

  /** Before the first codes, or after some. */
  @ParameterizedTest
  @ValueSource(ints = {0, 300})
  @DisabledOnOs(OS.WINDOWS) // does not delete open files
  void anUnfinishedFileThatWasDeletedIsNamed(int images) throws IOException {
    Path file = folder.resolve("some.codes");
    Path partial = folder.resolve("some.codes.partial");
    Codes codes = codes();
    try (CodesWriter writer = CodesWriter.resume(file)) {
      if (images > 0) {
        writer.add(codes.range(0, images));
      }
      Files.delete(partial);
      assertMessageContains(
          assertThrows(
              IOException.class,
              () -> {
                writer.add(codes.range(images, IMAGES));
                writer.finish();
              }),
          "Cannot write " + file + ": expected its unfinished file, got none",
          partial + " was deleted or moved while it was written");
    }
    assertFalse(Files.exists(file) || Files.exists(partial));
  }

  @Test
  void oneWriterAtATimeWritesAFile() throws IOException {
    Codes codes = codes();
    Path file = folder.resolve("some.codes");
    try (CodesWriter writer = CodesWriter.resume(file)) {
      writer.add(codes.range(0, 500));
      assertInUse(() -> CodesWriter.resume(file));
      assertInUse(() -> CodesWriter.create(folder.resolve("other/../some.codes")));
      writer.add(codes.range(500, IMAGES));
      writer.finish();
    }
    assertEquals(codes, Codes.read(file));
    codes.range(0, 1).write(file);
    assertFalse(Files.exists(folder.resolve("some.codes.lock")));
  }

  private static void assertInUse(Executable second) {
    assertMessageContains(
        assertThrows(IOException.class, second),
        "some.codes: another writer, in this process or another, is writing it; wait for its end");
  }

  @Test
  void aFailedStartSaysWhatToDoAndLeavesNothing() throws IOException {
    assertMessageContains(
        assertThrows(IOException.class, () -> CodesWriter.create(folder.resolve("no/some.codes"))),
        "some.codes: there is no folder",
        "create it or choose another");
    Files.createDirectory(folder.resolve("some.codes.partial"));
    assertMessageContains(
        assertThrows(IOException.class, () -> CodesWriter.create(folder.resolve("some.codes"))),
        "some.codes: its folder cannot be written to",
        "some.codes.partial");
    assertFalse(Files.exists(folder.resolve("some.codes.lock")));
  }

  @Test
  void aCorruptHeaderIsNotTakenForATruncatedOne() throws IOException {
    Path partial = folder.resolve("some.codes.partial");
    codes().write(partial);
    byte[] bytes = Files.readAllBytes(partial);
    for (int bit = 0; bit < 32; bit++) { // of the length of the fields
      byte[] corrupt = bytes.clone();
      corrupt[12 + bit / 8] ^= (byte) (1 << bit % 8);
      Files.write(partial, corrupt);
      assertThrows(
          BadFileException.class,
          () -> CodesWriter.resume(folder.resolve("some.codes")),
          "bit " + bit);
      assertArrayEquals(corrupt, Files.readAllBytes(partial));
    }
  }

  /** Reads a block of more codes than the heap has room for. */
  static final class LargeBlock {
    private LargeBlock() {}

    public static void main(String[] args) throws IOException {
      Path file = Path.of(args[0]);
      if (args.length > 1) {
        Codes.of(new int[1 << 26], 2, 1, 1 << 13, 1 << 13).write(file);
        return;
      }
      try (CodesReader reader = CodesReader.open(file)) {
        System.out.println(assertThrows(InsufficientMemoryException.class, reader::next));
      }
      try (CodesSource source = CodesSource.open(file)) {
        System.out.println(assertThrows(InsufficientMemoryException.class, () -> source.batch(0)));
      }
    }
  }

  @Test
  void blocksLargerThanTheHeapAreRejectedWithTheirSize() throws Exception {
    String file = folder.resolve("large.codes").toString();
    assertEquals(0, new ChildJvm().with("-Xmx1g").run(LargeBlock.class, file, "write").exit());
    ChildJvm.Result result = new ChildJvm().with("-Xmx100m").run(LargeBlock.class, file);
    assertEquals(0, result.exit(), result::toString);
    assertMessageContains(new AssertionError(result.toString()), "large.codes, with a block of 1");
  }

  @Test
  @EnabledOnOs(OS.LINUX)
  void aFullDiskIsNamedWithTheFile() throws IOException {
    Path partial = folder.resolve("some.codes.partial");
    for (int images : new int[] {1, IMAGES}) { // within the buffer, and more
      Files.createSymbolicLink(partial, Path.of("/dev/full"));
      try (CodesWriter writer = CodesWriter.create(folder.resolve("some.codes"))) {
        assertMessageContains(
            assertThrows(
                IOException.class,
                () -> {
                  writer.add(codes().range(0, images));
                  writer.finish();
                }),
            "some.codes.partial (",
            "); make room or choose another folder");
      }
      assertFalse(Files.exists(partial, LinkOption.NOFOLLOW_LINKS));
    }
  }
}
