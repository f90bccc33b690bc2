package io.github.vqvae4j.data.datasets;

import static io.github.vqvae4j.io.ErrorText.assertMessageContains;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.github.vqvae4j.data.image.ByteImages;
import io.github.vqvae4j.io.BadFileException;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.api.io.TempDir;

class IdxTest {
  private static final byte[] IMAGES = idx(2051, 12, 2, 3, 2);
  private static final byte[] LABELS = idx(2049, 2, 2);

  @TempDir Path folder;

  @Test
  void plainFilesAreRead() throws IOException {
    checkIntact(file("images", IMAGES), file("labels", LABELS));
  }

  @Test
  void gzipIsDetectedFromTheContent() throws IOException {
    checkIntact(file("images", gzip(IMAGES)), file("labels.gz", LABELS));
  }

  private static void checkIntact(Path images, Path labels) throws IOException {
    ByteImages data = Idx.read(images, labels);
    assertEquals("2 images [3, 2, 1] with labels", data.toString());
    float[] image = new float[6];
    data.image(1, image, 0);
    assertArrayEquals(
        new float[] {6 / 255f, 7 / 255f, 8 / 255f, 9 / 255f, 10 / 255f, 11 / 255f}, image);
    assertEquals(1, data.label(1));
  }

  @Test
  void labelsUpTo255AreRead() throws IOException {
    byte[] labels = idx(2049, 1, 1);
    labels[8] = (byte) 200;
    assertArrayEquals(new int[] {200}, Idx.labels(file("labels", labels)));
  }

  @Test
  void errorForDifferentCountsNamesBothFiles() throws IOException {
    Path images = file("images", IMAGES);
    Path labels = file("labels", idx(2049, 3, 3));
    rejected(
        () -> Idx.read(images, labels),
        images.toString(),
        labels.toString(),
        "3 labels",
        "2 images",
        "use the two files of the same dataset");
  }

  @Test
  void swappedFilesAreDetected() throws IOException {
    Path images = file("images", gzip(IMAGES));
    Path labels = file("labels", LABELS);
    rejected(
        () -> Idx.read(labels, images),
        labels + ": byte 0",
        "got magic number 2049",
        "expected 2051 for images",
        "swapped",
        "pass them in the other order");
    rejected(() -> Idx.labels(images), "got magic number 2051", "expected 2049", "swapped");
  }

  @Test
  void otherFilesAreRejected() throws IOException {
    rejected(
        () -> Idx.images(file("other", idx(2052, 1, 1, 1, 1))),
        "got magic number 2052",
        "expected 2051",
        "check the path");
    rejected(() -> Idx.images(file("other", new byte[0])), "byte 0", "ends within its header");
    rejected(() -> Idx.images(file("other", new byte[] {0})), "ends within its header");
    rejected(() -> Idx.images(folder), "got a folder", "an IDX file of images");
    assertMessageContains(
        assertThrows(NoSuchFileException.class, () -> Idx.labels(folder.resolve("none"))),
        "there is no such file",
        "an IDX file of labels");
  }

  @Test
  void truncatedFilesAreRejected() throws IOException {
    rejected(
        () -> Idx.images(file("cut", Arrays.copyOf(IMAGES, 20))),
        "byte 20",
        "ends after 4 bytes",
        "expected 12",
        "get a new copy of the file");
    byte[] packed = gzip(IMAGES);
    rejected(
        () -> Idx.images(file("cut", Arrays.copyOf(packed, packed.length - 12))),
        "end of file",
        "gzip data is truncated",
        "get a new copy of the file");
    for (int length = 0; length < IMAGES.length; length++) {
      Path cut = file("cut", Arrays.copyOf(IMAGES, length));
      rejected(() -> Idx.images(cut), cut.toString());
    }
    for (int length = 0; length < packed.length; length++) {
      Path cut = file("cut", Arrays.copyOf(packed, length));
      rejected(() -> Idx.images(cut), cut.toString());
    }
  }

  @Test
  void corruptGzipIsRejected() throws IOException {
    byte[] packed = gzip(IMAGES);
    packed[2] = 99;
    rejected(() -> Idx.images(file("bad", packed)), "gzip data", "corrupt gzip");
    byte[] checksum = gzip(IMAGES);
    checksum[checksum.length - 8] ^= 1;
    rejected(
        () -> Idx.images(file("bad", checksum)),
        "gzip data",
        "corrupt gzip",
        "get a new copy of the file");
  }

  @Test
  void dataAfterTheEndIsRejected() throws IOException {
    rejected(
        () -> Idx.images(file("long", Arrays.copyOf(IMAGES, 29))),
        "byte 28",
        "more data follows",
        "12 bytes");
    rejected(() -> Idx.labels(file("long", gzip(Arrays.copyOf(LABELS, 11)))), "more data follows");
  }

  @Test
  void excessiveSizesAreRejectedBeforeAllocation() throws IOException {
    int huge = Integer.MAX_VALUE;
    rejected(
        () -> Idx.images(file("huge", idx(2051, 12, huge, huge, huge))),
        "byte 4",
        "2147483647 bytes",
        "expected at most 28");
    rejected(
        () -> Idx.images(file("huge", gzip(idx(2051, 12, 2, 65536, 65536)))), "byte 8", "131072");
    rejected(() -> Idx.images(file("none", idx(2051, 0, 0, 3, 2))), "got size 0", "at least 1");
    rejected(() -> Idx.images(file("negative", idx(2051, 12, 2, -3, 2))), "byte 8", "got size -3");
  }

  /** A file whose data is 0, 1, 2, .. */
  private static byte[] idx(int magic, int dataLength, int... sizes) {
    ByteBuffer bytes = ByteBuffer.allocate(4 + 4 * sizes.length + dataLength).putInt(magic);
    for (int size : sizes) {
      bytes.putInt(size);
    }
    for (int i = 0; i < dataLength; i++) {
      bytes.put((byte) i);
    }
    return bytes.array();
  }

  private static byte[] gzip(byte[] bytes) throws IOException {
    ByteArrayOutputStream packed = new ByteArrayOutputStream();
    try (OutputStream out = new GZIPOutputStream(packed)) {
      out.write(bytes);
    }
    return packed.toByteArray();
  }

  private Path file(String name, byte[] bytes) throws IOException {
    return Files.write(folder.resolve(name), bytes);
  }

  private static void rejected(Executable read, String... parts) {
    assertMessageContains(assertThrows(BadFileException.class, read), parts);
  }
}
