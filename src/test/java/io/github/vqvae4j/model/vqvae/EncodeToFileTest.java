package io.github.vqvae4j.model.vqvae;

import static io.github.vqvae4j.io.ErrorText.assertMessageContains;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.vqvae4j.data.image.ByteImages;
import io.github.vqvae4j.data.image.Dataset;
import io.github.vqvae4j.io.BadFileException;
import io.github.vqvae4j.model.Shapes;
import io.github.vqvae4j.quantize.Codes;
import io.github.vqvae4j.quantize.CodesWriter;
import io.github.vqvae4j.quantize.VectorQuantizer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Datasets encoded to code files, with interruptions. */
class EncodeToFileTest {
  private static final int COUNT = 150;

  /** The codes of an image are 16x16, and a block has 32 images. */
  private static final int BLOCK = 32;

  private static final Dataset IMAGES = labeled(Shapes.rectangles(COUNT, 32, 1, 1));

  @TempDir private Path folder;
  private final VqVae model = Shapes.model(1, 2);
  private Path file;
  private Path partial;

  @BeforeEach
  void files() {
    file = folder.resolve("images.codes");
    partial = folder.resolve("images.codes" + CodesWriter.PARTIAL);
  }

  @AfterEach
  void close() {
    model.close();
  }

  private static Dataset labeled(Dataset images) {
    return ((ByteImages) images).withLabels(IntStream.range(0, images.size()).toArray());
  }

  private byte[] expected() throws IOException {
    Path whole = folder.resolve("whole.codes");
    model.encode(IMAGES).write(whole);
    return Files.readAllBytes(whole);
  }

  /** Images of which one cannot be read, as if the process was killed. */
  private static final class Killed implements Dataset {
    private final Dataset images;
    private final int last;
    private int firstRead = Integer.MAX_VALUE;

    Killed(Dataset images, int last) {
      this.images = images;
      this.last = last;
    }

    @Override
    public int size() {
      return images.size();
    }

    @Override
    public int height() {
      return images.height();
    }

    @Override
    public int width() {
      return images.width();
    }

    @Override
    public int channels() {
      return images.channels();
    }

    @Override
    public void image(int index, float[] target, int offset) {
      if (index == last) {
        throw new IllegalStateException("killed");
      }
      firstRead = Math.min(firstRead, index);
      images.image(index, target, offset);
    }

    @Override
    public int label(int index) {
      return images.label(index);
    }
  }

  private void killAt(int image) {
    assertThrows(IllegalStateException.class, () -> model.encode(new Killed(IMAGES, image), file));
  }

  @Test
  void theFileHasTheCodesLabelsAndHash() throws IOException {
    model.encode(IMAGES, file);
    Codes codes = Codes.read(file);
    assertEquals(model.encode(IMAGES), codes);
    assertEquals(model.weightHash(), codes.modelHash().orElseThrow());
    assertArrayEquals(expected(), Files.readAllBytes(file));
    assertFalse(Files.exists(partial));
    assertEquals(model.reconstruct(IMAGES), model.decode(codes));
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 5, 33, 40, 64, 70, 100, 131, 149})
  void aKilledCallIsContinued(int image) throws IOException {
    killAt(image);
    assertFalse(Files.exists(file));
    Killed rest = new Killed(IMAGES, -1);
    model.encode(rest, file);
    assertArrayEquals(expected(), Files.readAllBytes(file));
    // All chunks before that of the image were encoded: of 16 images, and of 8 from image 128 on.
    int encoded = image < 128 ? image / 16 * 16 : 128 + (image - 128) / 8 * 8;
    int done = encoded / BLOCK * BLOCK;
    assertEquals(done == 0 ? 0 : done - 16, rest.firstRead);
    assertFalse(Files.exists(partial));
  }

  @Test
  void aCallThatIsKilledAgainAndAgainEnds() throws IOException {
    for (int image = 20; image < COUNT; image += 13) {
      killAt(image);
    }
    model.encode(IMAGES, file);
    assertArrayEquals(expected(), Files.readAllBytes(file));
  }

  @Test
  void truncatedAndCorruptBlocksAreEncodedAgain() throws IOException {
    killAt(149);
    byte[] expected = expected();
    byte[] bytes = Files.readAllBytes(partial);
    assertArrayEquals(Arrays.copyOf(expected, bytes.length), bytes);
    assertTrue(bytes.length > expected.length / 2);
    for (int length = 0; length < bytes.length; length += length < 130 ? 9 : 777) {
      Files.write(partial, Arrays.copyOf(bytes, length));
      model.encode(IMAGES, file);
      assertArrayEquals(expected, Files.readAllBytes(file), "truncated to " + length);
    }
    for (int at = 120; at < bytes.length; at += 1_111) {
      byte[] corrupt = bytes.clone();
      corrupt[at] ^= 1;
      Files.write(partial, corrupt);
      model.encode(IMAGES, file);
      assertArrayEquals(expected, Files.readAllBytes(file), "corrupt at " + at);
    }
    Files.write(partial, expected);
    model.encode(IMAGES, file);
    assertArrayEquals(expected, Files.readAllBytes(file), "killed before it was renamed");
  }

  @Test
  void aFileOfWholeBlocksOnlyIsFinished() throws IOException {
    Dataset images = IMAGES.range(0, 2 * BLOCK);
    model.encode(images, file);
    byte[] expected = Files.readAllBytes(file);
    Files.move(file, partial);
    model.encode(images, file);
    assertArrayEquals(expected, Files.readAllBytes(file));
    Files.move(file, partial);
    assertOtherImages(labeled(Shapes.rectangles(2 * BLOCK, 32, 1, 7)));
  }

  @Test
  void aCallIsCancelledByAnInterrupt() throws IOException {
    Thread.currentThread().interrupt();
    CancellationException e =
        assertThrows(CancellationException.class, () -> model.encode(IMAGES, file));
    assertTrue(Thread.interrupted());
    assertMessageContains(e, "the same call continues");
    assertFalse(Files.exists(Path.of(file + ".lock")));
    model.encode(IMAGES, file);
    assertArrayEquals(expected(), Files.readAllBytes(file));
  }

  @Test
  void anUnfinishedFileOfAnotherModelIsNotMixed() throws IOException {
    killAt(149);
    byte[] bytes = Files.readAllBytes(partial);
    try (VqVae other = Shapes.model(1, 3)) {
      assertMessageContains(
          assertThrows(IllegalArgumentException.class, () -> other.encode(IMAGES, file)),
          "VqVae.encode: " + partial,
          model.weightHash(),
          other.weightHash(),
          "delete " + partial);
    }
    assertArrayEquals(bytes, Files.readAllBytes(partial));
    assertFalse(Files.exists(file));
  }

  /** The first block is damaged, or the second, or the end is missing. */
  @ParameterizedTest
  @ValueSource(ints = {300, 3, 1})
  void aDamagedUnfinishedFileOfAnotherModelIsNotChanged(int place) throws IOException {
    killAt(149);
    byte[] bytes = Files.readAllBytes(partial);
    if (place == 300) {
      bytes[place] ^= 1;
    } else {
      bytes[bytes.length - place] ^= 1;
    }
    Files.write(partial, bytes);
    try (VqVae other = Shapes.model(1, 3)) {
      assertMessageContains(
          assertThrows(IllegalArgumentException.class, () -> other.encode(IMAGES, file)),
          model.weightHash(),
          other.weightHash());
    }
    assertArrayEquals(bytes, Files.readAllBytes(partial));
    model.encode(IMAGES, file);
    assertArrayEquals(expected(), Files.readAllBytes(file));
  }

  @Test
  void aFinishedFileOfAnUnknownModelIsNotReplaced() throws IOException {
    Codes codes = model.encode(IMAGES);
    Codes.of(codes.values(), codes.codebooks(), codes.shape()).write(file);
    byte[] bytes = Files.readAllBytes(file);
    assertMessageContains(
        assertThrows(IllegalArgumentException.class, () -> model.encode(IMAGES, file)),
        "whose codes do not name their model: " + file,
        "delete this one");
    assertArrayEquals(bytes, Files.readAllBytes(file));
  }

  @Test
  void anUnfinishedFileOfOtherImagesIsNotMixed() throws IOException {
    killAt(149);
    byte[] bytes = Files.readAllBytes(partial);
    assertOtherImages(IMAGES.range(0, 40));
    assertOtherImages(labeled(Shapes.rectangles(COUNT, 32, 1, 7)));
    assertOtherImages(labeled(Shapes.rectangles(COUNT, 16, 1, 1)));
    assertOtherImages(((ByteImages) IMAGES).withLabels(new int[COUNT]));
    int[] reversed = IntStream.range(0, COUNT).map(i -> COUNT - 1 - i).toArray();
    assertOtherImages(IMAGES.select(reversed));
    assertArrayEquals(bytes, Files.readAllBytes(partial));
    model.encode(IMAGES, file);
    assertArrayEquals(expected(), Files.readAllBytes(file));
  }

  private void assertOtherImages(Dataset images) {
    assertMessageContains(
        assertThrows(IllegalArgumentException.class, () -> model.encode(images, file)),
        partial.toString(),
        "Pass the same images",
        "delete");
  }

  @Test
  void aFinishedFileOfOtherImagesIsNotReplaced() throws IOException {
    model.encode(IMAGES, file);
    byte[] bytes = Files.readAllBytes(file);
    assertNotReplaced("this call has 40 images", IMAGES.range(0, 40));
    String codes = "the codes or labels of images 0 to ";
    assertNotReplaced(codes, labeled(Shapes.rectangles(COUNT, 32, 1, 7)));
    assertNotReplaced(
        "an image has 16x16 codes, one of this call has 8x8 codes",
        labeled(Shapes.rectangles(COUNT, 16, 1, 1)));
    assertNotReplaced(
        "an image has 16x16 codes, one of this call has 16x16 codes of 31x31 pixels",
        labeled(Shapes.rectangles(COUNT, 31, 1, 1)));
    assertNotReplaced(codes, ((ByteImages) IMAGES).withLabels(new int[COUNT]));
    assertFalse(Files.exists(partial));
    int[] twoSwapped = IntStream.range(0, COUNT).toArray();
    twoSwapped[COUNT - 1] = COUNT - 2;
    twoSwapped[COUNT - 2] = COUNT - 1;
    assertNotReplaced("the codes or labels of images ", IMAGES.select(twoSwapped));
    assertArrayEquals(bytes, Files.readAllBytes(file));
    model.encode(IMAGES, file);
    assertArrayEquals(bytes, Files.readAllBytes(file));
  }

  private void assertNotReplaced(String difference, Dataset images) {
    assertMessageContains(
        assertThrows(IllegalArgumentException.class, () -> model.encode(images, file)),
        "VqVae.encode: expected the images of the existing file: " + file,
        "has the codes of 150 images, and " + difference,
        "delete this one");
  }

  @Test
  void aDamagedFinishedFileIsToBeDeleted() throws IOException {
    model.encode(IMAGES, file);
    byte[] bytes = Files.readAllBytes(file);
    bytes[bytes.length / 2] ^= 1;
    Files.write(file, bytes);
    assertMessageContains(
        assertThrows(BadFileException.class, () -> model.encode(IMAGES, file)),
        file.toString(),
        "choose another name, or delete it to replace it: the checksum");
    assertArrayEquals(bytes, Files.readAllBytes(file));
    Files.delete(file);
    model.encode(IMAGES, file);
    assertArrayEquals(expected(), Files.readAllBytes(file));
  }

  @Test
  void aFinishedFileIsComparedWithTheImagesOfAnUnfinishedOneToo() throws IOException {
    killAt(149);
    byte[] unfinished = Files.readAllBytes(partial);
    int[] firstTwoSwapped = IntStream.range(0, COUNT).toArray();
    firstTwoSwapped[0] = 1;
    firstTwoSwapped[1] = 0;
    model.encode(IMAGES.select(firstTwoSwapped)).write(file);
    byte[] bytes = Files.readAllBytes(file);
    assertNotReplaced("the codes or labels of images 0 to ", IMAGES);
    assertArrayEquals(bytes, Files.readAllBytes(file));
    assertArrayEquals(unfinished, Files.readAllBytes(partial));
  }

  @Test
  void aFinishedFileIsNotReplacedByBlocksOfOtherImages() throws IOException {
    killAt(149);
    int[] firstTwoSwapped = IntStream.range(0, COUNT).toArray();
    firstTwoSwapped[0] = 1;
    firstTwoSwapped[1] = 0;
    Dataset corrected = IMAGES.select(firstTwoSwapped);
    model.encode(corrected).write(file);
    byte[] bytes = Files.readAllBytes(file);
    model.encode(corrected, file);
    assertArrayEquals(bytes, Files.readAllBytes(file));
    assertFalse(Files.exists(partial));
  }

  @Test
  void symbolicLinksAreFollowed() throws IOException {
    Path disk = Files.createDirectory(folder.resolve("disk"));
    Path target = disk.resolve("photos.codes");
    Path link = Files.createSymbolicLink(disk.resolve("link.codes"), Path.of("photos.codes"));
    Files.createSymbolicLink(file, link);
    killAt(149);
    Path unfinished = disk.resolve("photos.codes" + CodesWriter.PARTIAL);
    assertTrue(Files.exists(unfinished));
    assertMessageContains(
        assertThrows(IllegalArgumentException.class, () -> model.encode(IMAGES.range(0, 40), file)),
        "VqVae.encode: " + unfinished);
    for (int i = 0; i < 2; i++) { // the file is new, and then replaced
      model.encode(IMAGES, file);
      assertTrue(Files.isSymbolicLink(file) && Files.isSymbolicLink(link));
      assertArrayEquals(expected(), Files.readAllBytes(target));
      assertFalse(Files.isSymbolicLink(target) || Files.exists(unfinished));
    }
    Files.delete(link);
    Files.createSymbolicLink(link, file);
    assertMessageContains(
        assertThrows(IOException.class, () -> model.encode(IMAGES, file)),
        file + ": expected a file or a link to one, got links that lead to each other");
  }

  @Test
  void aFinishedFileOfAnotherModelIsReplaced() throws IOException {
    try (VqVae other = Shapes.model(1, 3)) {
      other.encode(IMAGES.range(0, 40), file);
    }
    model.encode(IMAGES, file);
    assertArrayEquals(expected(), Files.readAllBytes(file));
  }

  @Test
  void anotherFileIsNotOverwritten() throws IOException {
    Files.writeString(partial, "my notes");
    assertMessageContains(
        assertThrows(BadFileException.class, () -> model.encode(IMAGES, file)),
        "delete it to start anew",
        "does not contain codes");
    assertEquals("my notes", Files.readString(partial));
    Files.move(partial, file);
    assertMessageContains(
        assertThrows(BadFileException.class, () -> model.encode(IMAGES, file)),
        "choose another name, or delete it");
    assertEquals("my notes", Files.readString(file));
    Files.delete(file);
    Files.createDirectory(file);
    assertMessageContains(
        assertThrows(IOException.class, () -> model.encode(IMAGES, file)), "it is a folder");
    assertThrows(IllegalArgumentException.class, () -> model.encode(IMAGES.range(0, 0), file));
  }

  @Test
  void levelsAreWrittenToAFileEach() throws IOException {
    try (VqVae2 levels =
        VqVae2.channels(1)
            .hidden(8)
            .downsample(1, 1)
            .residual(1, 4)
            .quantizer(VectorQuantizer.ema(16, 4))
            .build()) {
      assertEquals(List.of("top", "bottom"), levels.levelNames());
      Path top = folder.resolve("top.codes");
      Path bottom = folder.resolve("bottom.codes");
      List<Codes> expected = levels.encode(IMAGES);
      // Blocks of the top level have 128 images, those of the bottom level 32.
      for (int image : new int[] {20, 50, 140, 149}) {
        assertThrows(
            IllegalStateException.class,
            () -> levels.encode(new Killed(IMAGES, image), List.of(top, bottom)));
        levels.encode(IMAGES, List.of(top, bottom));
        assertEquals(expected.get(0), Codes.read(top));
        assertEquals(expected.get(1), Codes.read(bottom));
      }
      // Killed after the first file was renamed.
      Files.move(bottom, folder.resolve("bottom.codes.partial"));
      levels.encode(IMAGES, List.of(top, bottom));
      assertEquals(expected.get(1), Codes.read(bottom));
      for (List<Path> wrong : List.of(List.of(top), List.of(top, top), List.<Path>of())) {
        assertMessageContains(
            assertThrows(IllegalArgumentException.class, () -> levels.encode(IMAGES, wrong)),
            "VqVae2.encode: expected 2 different files");
      }
    }
  }

  @Test
  void imagesThatAreNotThreadSafeAreEncoded() throws IOException {
    Dataset bytes = ByteImages.of(new byte[40 * 64], 40, 8, 8, 1);
    model.encode(new Killed(bytes, -1), file);
    assertEquals(model.encode(bytes), Codes.read(file));
  }
}
