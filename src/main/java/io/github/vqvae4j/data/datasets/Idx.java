package io.github.vqvae4j.data.datasets;

import io.github.vqvae4j.data.image.ByteImages;
import io.github.vqvae4j.io.BadFileException;
import io.github.vqvae4j.io.Counts;
import io.github.vqvae4j.io.FileNames;
import io.github.vqvae4j.io.InputFile;
import io.github.vqvae4j.memory.HeapMemory;
import java.io.BufferedInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.zip.GZIPInputStream;
import java.util.zip.ZipException;

/**
 * Reads IDX files of bytes, the format of MNIST and similar datasets: a big-endian header (magic
 * number and sizes), followed by the bytes. A file may be plain or compressed with gzip, which is
 * detected from its first bytes, regardless of its name.
 */
public final class Idx {
  private static final int IMAGES_MAGIC = 2051;
  private static final int LABELS_MAGIC = 2049;
  private static final int GZIP_MAGIC = 0x1f8b;

  /** The maximum compression ratio of deflate. */
  private static final int GZIP_MAX_RATIO = 1032;

  private static final String REMEDY = "; get a new copy of the file";

  private Idx() {}

  /**
   * Reads images and their labels.
   *
   * @param images an IDX file of images, magic number 2051
   * @param labels an IDX file of labels, magic number 2049
   * @return the images, one channel, with their labels
   * @throws BadFileException if a file is corrupt, or the numbers of images and labels differ
   * @throws IOException if a file is missing or cannot be read
   */
  public static ByteImages read(Path images, Path labels) throws IOException {
    ByteImages pixels = images(images);
    int[] labelValues = labels(labels);
    if (labelValues.length != pixels.size()) {
      throw new BadFileException(
          labels,
          "number of labels",
          "got "
              + Counts.of(labelValues.length, "label")
              + " but "
              + Counts.of(pixels.size(), "image")
              + " in "
              + FileNames.path(images)
              + ", expected equal numbers; use the two files of the same dataset");
    }
    return pixels.withLabels(labelValues);
  }

  /**
   * Reads images.
   *
   * @param file an IDX file of images, magic number 2051, plain or gzip
   * @return the images, one channel, without labels
   * @throws BadFileException if the file is corrupt
   * @throws IOException if the file is missing or cannot be read
   */
  public static ByteImages images(Path file) throws IOException {
    int[] sizes = new int[3];
    byte[] pixels = content(file, IMAGES_MAGIC, sizes);
    return ByteImages.of(pixels, sizes[0], sizes[1], sizes[2], 1);
  }

  /**
   * Reads labels.
   *
   * @param file an IDX file of labels, magic number 2049, plain or gzip
   * @return the labels, each 0..255
   * @throws BadFileException if the file is corrupt
   * @throws IOException if the file is missing or cannot be read
   */
  public static int[] labels(Path file) throws IOException {
    byte[] bytes = content(file, LABELS_MAGIC, new int[1]);
    int[] labels = new int[bytes.length];
    for (int i = 0; i < labels.length; i++) {
      labels[i] = bytes[i] & 0xff;
    }
    return labels;
  }

  /** Reads a file: stores the sizes in {@code sizes} and returns the bytes. */
  private static byte[] content(Path file, int magic, int[] sizes) throws IOException {
    InputFile.requireRegularFile(
        file, magic == IMAGES_MAGIC ? "an IDX file of images" : "an IDX file of labels");
    try (InputStream bytes = new BufferedInputStream(Files.newInputStream(file))) {
      boolean gzip = startsWithGzipMagic(bytes);
      long maxBytes = gzip ? Files.size(file) * GZIP_MAX_RATIO : Files.size(file);
      try (InputStream in = gzip ? new GZIPInputStream(bytes) : bytes) {
        return content(file, in, maxBytes, magic, sizes);
      } catch (ZipException e) {
        throw new BadFileException(
            file,
            "gzip data",
            "corrupt gzip (" + e.getMessage() + "), expected intact data" + REMEDY,
            e);
      } catch (EOFException e) {
        throw new BadFileException(
            file, "end of file", "the gzip data is truncated, expected more" + REMEDY, e);
      }
    }
  }

  private static byte[] content(Path file, InputStream in, long maxBytes, int magic, int[] sizes)
      throws IOException {
    checkMagic(file, readInt(file, in, 0), magic);
    long length = 1;
    for (int i = 0; i < sizes.length; i++) {
      int offset = 4 + 4 * i;
      sizes[i] = readInt(file, in, offset);
      if (sizes[i] < 1) {
        throw new BadFileException(
            file, "byte " + offset, "got size " + sizes[i] + ", expected at least 1" + REMEDY);
      }
      // Each factor is an int, so the product cannot overflow before it is rejected.
      length *= sizes[i];
      if (length > Math.min(maxBytes, Integer.MAX_VALUE - 8)) {
        throw new BadFileException(
            file,
            "byte " + offset,
            "got sizes with a product of at least "
                + length
                + " bytes, expected at most "
                + Math.min(maxBytes, Integer.MAX_VALUE - 8)
                + ", the maximum for a file of this length"
                + REMEDY);
      }
    }
    // readNBytes allocates memory as data is read, so wrong sizes in the header do not exhaust it.
    int expected = (int) length;
    byte[] bytes =
        HeapMemory.guard(
            () -> FileNames.path(file) + ", " + expected + " bytes,",
            expected,
            () -> in.readNBytes(expected));
    int headerLength = 4 + 4 * sizes.length;
    if (bytes.length < length) {
      throw new BadFileException(
          file,
          "byte " + (headerLength + bytes.length),
          "the data ends after " + bytes.length + " bytes, expected " + length + REMEDY);
    }
    // Reading to the end also makes gzip verify its checksum.
    if (in.read() >= 0) {
      throw new BadFileException(
          file,
          "byte " + (headerLength + length),
          "more data follows, expected the end after " + length + " bytes" + REMEDY);
    }
    return bytes;
  }

  private static boolean startsWithGzipMagic(InputStream in) throws IOException {
    in.mark(2);
    int magic = in.read() << 8 | in.read();
    in.reset();
    return magic == GZIP_MAGIC;
  }

  private static void checkMagic(Path file, int actual, int expected) throws BadFileException {
    if (actual == expected) {
      return;
    }
    String problem =
        "got magic number "
            + actual
            + ", expected "
            + expected
            + " for "
            + (expected == IMAGES_MAGIC ? "images" : "labels");
    if (actual == IMAGES_MAGIC) {
      problem +=
          "; this is a file of images: the two paths are swapped, pass them in the other order";
    } else if (actual == LABELS_MAGIC) {
      problem +=
          "; this is a file of labels: the two paths are swapped, pass them in the other order";
    } else {
      problem +=
          "; this is not an IDX file of "
              + (expected == IMAGES_MAGIC ? "images" : "labels")
              + ": check the path or download the file again";
    }
    throw new BadFileException(file, "byte 0", problem);
  }

  private static int readInt(Path file, InputStream in, int offset) throws IOException {
    byte[] bytes = in.readNBytes(4);
    if (bytes.length < 4) {
      throw new BadFileException(
          file,
          "byte " + (offset + bytes.length),
          "the file ends within its header, expected an IDX header" + REMEDY);
    }
    return ByteBuffer.wrap(bytes).getInt();
  }
}
