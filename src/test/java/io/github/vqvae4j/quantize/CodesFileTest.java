package io.github.vqvae4j.quantize;

import static io.github.vqvae4j.io.ErrorText.assertMessageContains;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.vqvae4j.io.BadFileException;
import io.github.vqvae4j.random.Rng;
import io.github.vqvae4j.tensor.ChildJvm;
import java.io.IOException;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.FileSystem;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CodesFileTest {
  private static final String HASH = "0123456789abcdef".repeat(4);

  @TempDir private Path folder;

  private Path file;

  @BeforeEach
  void file() {
    file = folder.resolve("some.codes");
  }

  @ParameterizedTest
  @ValueSource(longs = {3, 20_261_130})
  void readCodesEqualWrittenCodes(long seed) throws IOException {
    Rng rng = new Rng(seed);
    for (int i = 0; i < 100; i++) {
      Codes codes = RandomCodes.of(rng);
      codes.write(file);
      assertEquals(codes, Codes.read(file), () -> "seed " + seed + ": " + codes);
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3, 4, 5, 512, 65_536, 1 << 30, Integer.MAX_VALUE})
  void extremeCodesOfEverySizeAreRead(int size) throws IOException {
    int[] values = new int[30_000];
    Rng rng = new Rng(size);
    Arrays.setAll(values, i -> i % 3 == 0 ? size - 1 : rng.nextInt(size));
    Codes codes = Codes.of(values, size, 300, 10, 10).withModelHash(HASH);
    codes.write(file);
    assertEquals(codes, Codes.read(file));
    assertEquals(Optional.of(HASH), Codes.read(file).modelHash());
    int bits = Math.max(1, Integer.SIZE - Integer.numberOfLeadingZeros(size - 1));
    assertEquals(bits * 30_000 / 8.0, Files.size(file), 200);
    values[29_999] = -1;
    codes = Codes.of(values, size, 300, 10, 10).withLabels(IntStream.range(0, 300).toArray());
    codes.write(file);
    assertEquals(codes, Codes.read(file));
    assertEquals(Optional.empty(), Codes.read(file).modelHash());
  }

  @Test
  void imagesLargerThanABlockAreRead() throws IOException {
    int[] values = IntStream.range(0, 3 * 10_000).map(i -> i % 7).toArray();
    Codes codes = Codes.of(values, 7, 3, 100, 100);
    codes.write(file);
    assertEquals(codes, Codes.read(file));
  }

  @Test
  void fileHasTheDocumentedFormat() throws IOException {
    Codes.of(new int[] {4, 0, 3, -1}, 5, 2, 1, 2).withLabels(7, -1).write(file);
    String header =
        "89565143 4f444500 01000000 20000000 02000000 01000000 02000000 01000000 01000000 05000000"
            + " 00100000 00000000";
    // 5, 1, 4 and 0 of 3 bits, from the lowest bits: 0b000_100_001_101.
    String block = "02000000 03 07000000 ffffffff 0d 01";
    byte[] bytes = Files.readAllBytes(file);
    assertPart(header, bytes, 0);
    assertPart(block, bytes, 52);
    assertPart("00000000 02000000 00000000", bytes, 71);
    assertEquals(87, bytes.length);
  }

  private static void assertPart(String hex, byte[] bytes, int from) {
    byte[] part = HexFormat.of().parseHex(hex.replace(" ", ""));
    assertArrayEquals(part, Arrays.copyOfRange(bytes, from, from + part.length));
  }

  @Test
  void truncatedFilesGiveTheWholeBlocksAndThenAnError() throws IOException {
    Codes codes = twoBlocks();
    codes.write(file);
    byte[] bytes = Files.readAllBytes(file);
    int header;
    int second;
    try (CodesFile open = CodesFile.open(file)) {
      CodesFile.Place first = open.after(open.beforeFirst()).orElseThrow();
      header = (int) first.offset();
      second = (int) open.after(first).orElseThrow().end();
      for (int length = 0; length < bytes.length; length += length < 300 ? 1 : 7) {
        Files.write(file, Arrays.copyOf(bytes, length));
        assertThrows(BadFileException.class, () -> Codes.read(file));
        if (length >= header) {
          int images = length < first.end() ? 0 : length < second ? 2 : 3;
          assertEquals(images, imagesBeforeError("after " + images + " images"), "byte " + length);
        }
      }
    }
  }

  private int imagesBeforeError(String message) throws IOException {
    int images = 0;
    try (CodesReader reader = CodesReader.open(file)) {
      while (true) {
        images += reader.next().orElseThrow().count();
      }
    } catch (BadFileException e) {
      assertMessageContains(e, message, "get a new copy");
    }
    return images;
  }

  @Test
  void flippedBitsAreFound() throws IOException {
    twoBlocks().write(file);
    byte[] bytes = Files.readAllBytes(file);
    for (int bit = 0; bit < 8 * bytes.length; bit += bit < 1_000 ? 1 : 13) {
      byte[] corrupt = bytes.clone();
      corrupt[bit / 8] ^= (byte) (1 << bit % 8);
      Files.write(file, corrupt);
      assertThrows(BadFileException.class, () -> Codes.read(file), "bit " + bit);
    }
    Files.write(file, Arrays.copyOf(bytes, bytes.length + 1));
    assertMessageContains(
        assertThrows(BadFileException.class, () -> Codes.read(file)),
        "end of the file, got 1 byte");
  }

  /** Returns three images, two of which fill a block. */
  private static Codes twoBlocks() {
    return Codes.of(new int[3 * 4096], 1, 3, 4096).withLabels(5, -1, 6).withModelHash(HASH);
  }

  @Test
  void codesOutOfRangeAreRejectedAlthoughChecksumsMatch() throws IOException {
    Codes.of(new int[] {4, 0, 3, -1}, 5, 2, 1, 2).withLabels(7, -1).write(file);
    byte[] bytes = Files.readAllBytes(file);
    byte[] code = bytes.clone();
    code[65] = 0x0f;
    Files.write(file, CodesBytes.withChecksums(code));
    assertRejected("byte 52", "expected codes from 0 to 4", "got 6 at [0, 0, 0]");
    byte[] label = bytes.clone();
    label[61] = -2;
    Files.write(file, CodesBytes.withChecksums(label));
    assertRejected("byte 52", "expected labels of 0 or more", "got -2 for image 1");
  }

  @Test
  void otherFileKindsAndVersionsAreRejected() throws IOException {
    assertThrows(NoSuchFileException.class, () -> Codes.read(file));
    Files.writeString(file, "1 2 3");
    assertRejected("byte 0", "does not contain codes", "Codes.write");
    Codes.of(new int[1], 5, 1, 1).write(file);
    byte[] bytes = Files.readAllBytes(file);
    for (int version : new int[] {0, 2, -1}) {
      bytes[8] = (byte) version;
      Files.write(file, bytes);
      assertRejected("byte 8", "expected format version 1, got", "a newer one");
    }
  }

  @Test
  void filesInZipArchivesAreRejected() throws IOException {
    Codes.of(new int[1], 5, 1, 1).write(file);
    try (FileSystem zip =
        FileSystems.newFileSystem(folder.resolve("a.zip"), Map.of("create", "true"))) {
      Path inside = Files.copy(file, zip.getPath("/a.codes"));
      assertMessageContains(
          assertThrows(IOException.class, () -> Codes.read(inside)),
          "Cannot open /a.codes: it is in a file system of the provider jar",
          "Files.copy");
    }
  }

  /** Reads and writes a code file whose URI is the argument. */
  static final class OtherName {
    private OtherName() {}

    public static void main(String[] args) {
      Path path = Path.of(URI.create(args[0]));
      for (Executable call :
          List.<Executable>of(
              () -> Codes.read(path),
              () -> CodesWriter.create(path).close(),
              () -> CodesWriter.resume(path).close())) {
        try {
          call.execute();
          System.out.println("no error");
        } catch (Throwable e) {
          System.out.println(e.getMessage());
        }
      }
    }
  }

  @Test
  @EnabledOnOs(value = OS.LINUX, disabledReason = "LC_ALL selects the encoding of names on Linux")
  void namesOutsideTheLocaleAreRejected() throws Exception {
    URI uri = URI.create(folder.toUri() + "%C3%84.codes");
    Codes.of(new int[1], 5, 1, 1).write(Path.of(uri));
    ChildJvm.Result result =
        new ChildJvm().environment("LC_ALL", "C").run(OtherName.class, uri.toString());
    assertEquals(3, result.linesWith("Cannot open").size(), result::toString);
    assertEquals(3, result.linesWith("LC_ALL=C.UTF-8").size(), result::toString);
    try (Stream<Path> files = Files.list(folder)) {
      assertEquals(List.of(Path.of(uri)), files.toList(), "no file with another name");
    }
  }

  @Test
  void impossibleHeadersAreRejected() throws IOException {
    for (int field = 0; field < 8; field++) {
      for (int value : new int[] {0, -1, 1 << 24, Integer.MAX_VALUE, Integer.MIN_VALUE}) {
        Codes.of(new int[] {4, 0, 3, -1}, 5, 2, 1, 2).write(file);
        ByteBuffer bytes = ByteBuffer.wrap(Files.readAllBytes(file));
        bytes.order(ByteOrder.LITTLE_ENDIAN).putInt(16 + 4 * field, value);
        Files.write(file, CodesBytes.withChecksums(bytes.array()));
        boolean isValid = field == 5 && value > 4 || field == 6 && value == 1 << 24;
        if (!isValid && !(field == 7 && value == 0)) {
          assertThrows(BadFileException.class, () -> Codes.read(file), field + ": " + value);
        }
      }
    }
  }

  @Test
  void imageSizeIsReadAndImpossibleOnesAreRejected() throws IOException {
    Codes codes = Codes.of(new int[] {4, 0, 3, 1}, 5, 1, 2, 2).withImageSize(29, 31);
    codes.write(file);
    assertEquals(codes, Codes.read(file));
    byte[] bytes = Files.readAllBytes(file);
    int height = 16 + 4 * 8; // after 8 fields, of a file without a hash
    for (int value : new int[] {0, -1, Integer.MIN_VALUE}) {
      for (int offset : new int[] {height, height + 4}) {
        ByteBuffer changed = ByteBuffer.wrap(bytes.clone()).order(ByteOrder.LITTLE_ENDIAN);
        assertTrue(changed.getInt(offset) >= 29, "a side");
        Files.write(file, CodesBytes.withChecksums(changed.putInt(offset, value).array()));
        assertThrows(BadFileException.class, () -> Codes.read(file), offset + ": " + value);
      }
    }
  }

  @Test
  void hashIsKeptAndDifferentModelsAreNotConcatenated() {
    Codes codes = Codes.of(new int[4], 5, 4, 1).withModelHash(HASH);
    assertEquals(Optional.of(HASH), codes.range(1, 3).modelHash());
    assertEquals(Optional.of(HASH), codes.select(2, 0).modelHash());
    assertEquals(Optional.of(HASH), codes.withLabels(1, 2, 3, 4).modelHash());
    assertEquals(Optional.of(HASH), Codes.concat(codes, codes).modelHash());
    Codes other = codes.withModelHash("f".repeat(64));
    assertMessageContains(
        assertThrows(IllegalArgumentException.class, () -> Codes.concat(codes, other)),
        "expected codes of one model",
        HASH,
        "ffff");
    Codes unknown = Codes.of(new int[4], 5, 4, 1);
    assertMessageContains(
        assertThrows(IllegalArgumentException.class, () -> Codes.concat(codes, unknown)),
        "unknown");
    assertTrue(unknown.modelHash().isEmpty());
    for (String bad : new String[] {"", "ab", HASH.replace('a', 'A'), HASH + "0"}) {
      assertThrows(IllegalArgumentException.class, () -> codes.withModelHash(bad));
    }
  }

  private void assertRejected(String location, String... says) {
    BadFileException e = assertThrows(BadFileException.class, () -> Codes.read(file));
    assertEquals(location, e.location());
    assertMessageContains(e, says);
  }
}
