package io.github.vqvae4j.data.image;

import io.github.vqvae4j.data.internal.Checks;
import io.github.vqvae4j.io.BadFileException;
import io.github.vqvae4j.io.FileNames;
import io.github.vqvae4j.memory.HeapMemory;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.List;

/**
 * Images that are read from their files on each access and not held in memory, except that small
 * pieces of an image share its decoded pixels.
 */
final class StreamedImages implements Dataset {
  private final List<Path> files;
  private final int[] labels;
  private final ImageFolderConfig config;
  private final DecodedImages decoded;

  StreamedImages(List<Path> files, int[] labels, ImageFolderConfig config) {
    this.files = files;
    this.labels = labels;
    this.config = config;
    this.decoded = DecodedImages.ofLength(imageLength());
  }

  @Override
  public int size() {
    return files.size();
  }

  @Override
  public boolean isThreadSafe() {
    return true;
  }

  @Override
  public int height() {
    return config.height();
  }

  @Override
  public int width() {
    return config.width();
  }

  @Override
  public int channels() {
    return config.channels();
  }

  @Override
  public void image(int index, float[] target, int offset) {
    Checks.index(index, size());
    try {
      byte[] bytes = read(files.get(index), config);
      ByteImages.toFloats(bytes, 0, bytes.length, target, offset);
    } catch (IOException e) {
      throw new UncheckedIOException(e.getMessage(), e);
    }
  }

  @Override
  public void rectangle(
      int index,
      long epoch,
      int row,
      int column,
      int height,
      int width,
      float[] target,
      int offset) {
    Checks.index(index, size());
    Rectangle rectangle = new Rectangle(row, column, height, width);
    rectangle.check(this);
    try {
      ByteImages.toFloats(pixels(index, rectangle), 0, this, rectangle, target, offset);
    } catch (IOException e) {
      throw new UncheckedIOException(e.getMessage(), e);
    }
  }

  /** Returns all pixels of an image. Large pieces do not take part of the memory for small ones. */
  private byte[] pixels(int index, Rectangle rectangle) throws IOException {
    DecodedImages.Decoder decoder = () -> read(files.get(index), config);
    boolean small = 2L * rectangle.height() * rectangle.width() <= (long) height() * width();
    return small ? decoded.get(index, decoder) : decoder.decode();
  }

  @Override
  public int label(int index) {
    Checks.index(index, size());
    return labels[index];
  }

  /** Reads the bytes of one image, for images held in memory and streamed images alike. */
  static byte[] read(Path file, ImageFolderConfig config) throws IOException {
    int length = Checks.length(1, config.height(), config.width(), config.channels());
    return HeapMemory.guard(
        () ->
            FileNames.path(file) + ", scaled to " + config.height() + " x " + config.width() + ",",
        (long) Float.BYTES * length,
        () -> readScaled(file, config));
  }

  private static byte[] readScaled(Path file, ImageFolderConfig config) throws IOException {
    ImageRows rows = ImageDecoder.rows(file, config.exifOrientation());
    float[] pixels;
    try {
      pixels = Resample.fit(rows, config.fit(), config.height(), config.width());
    } catch (IllegalArgumentException e) {
      throw new BadFileException(file, "header", e.getMessage(), e);
    }
    Images image = Images.owning(pixels, 1, config.height(), config.width(), rows.channels());
    Images converted = config.channels() == 1 ? image.toGray() : image.toColor();
    byte[] bytes = new byte[converted.imageLength()];
    int next = 0;
    for (float value : converted.pixels()) {
      bytes[next++] = (byte) ImageEncoder.toByte(value);
    }
    return bytes;
  }
}
