package io.github.vqvae4j.data.image;

import io.github.vqvae4j.io.BadFileException;
import io.github.vqvae4j.memory.HeapMemory;
import java.awt.image.Raster;

/**
 * The pixels of a decoded image, converted row by row, so that no copy of the image in floats is
 * needed.
 */
final class ImageRows {
  /** The number of pixels converted at a time; a row may contain all pixels of the image. */
  private static final int BLOCK = 1 << 13;

  private final String name;
  private final Raster raster;
  private final PixelFormat pixels;
  private final int[] samples;

  /**
   * Creates the rows of a decoded image.
   *
   * @param name the file and size, for a message about memory
   */
  ImageRows(String name, Raster raster, PixelFormat pixels) {
    this.name = name;
    this.raster = raster;
    this.pixels = pixels;
    samples = new int[Math.min(BLOCK, raster.getWidth()) * pixels.samples()];
  }

  int height() {
    return raster.getHeight();
  }

  int width() {
    return raster.getWidth();
  }

  /** Returns 1 for grayscale or 3 for red, green, blue. */
  int channels() {
    return pixels.channels();
  }

  /** Copies row {@code y} to {@code target} at {@code offset}: [width, channels], 0 to 1. */
  void read(int y, float[] target, int offset) throws BadFileException {
    for (int x = 0; x < width(); x += BLOCK) {
      int count = Math.min(BLOCK, width() - x);
      raster.getPixels(x, y, count, 1, samples);
      pixels.toFloats(samples, count, target, offset + x * channels());
    }
  }

  /** Returns all rows. */
  Images toImages() throws BadFileException {
    int row = width() * channels();
    float[] values = HeapMemory.floats(height() * row, () -> name + " as floats,");
    for (int y = 0; y < height(); y++) {
      read(y, values, y * row);
    }
    return Images.owning(values, 1, height(), width(), channels());
  }
}
