package io.github.vqvae4j.data;

import io.github.vqvae4j.io.BadFileException;
import io.github.vqvae4j.memory.HeapMemory;
import java.awt.image.Raster;

/** The pixels of a decoded image, a row at a time, so that no copy of it in floats is needed. */
final class PictureRows {
  private final String name;
  private final Raster raster;
  private final PixelFormat pixels;
  private final int[] samples;

  /**
   * Of a decoded image.
   *
   * @param name file and size, for a message about memory
   */
  PictureRows(String name, Raster raster, PixelFormat pixels) {
    this.name = name;
    this.raster = raster;
    this.pixels = pixels;
    samples = new int[raster.getWidth() * pixels.samples()];
  }

  int height() {
    return raster.getHeight();
  }

  int width() {
    return raster.getWidth();
  }

  /** 1 for gray, 3 for red, green, blue. */
  int channels() {
    return pixels.channels();
  }

  /** Copies row {@code y} into {@code target} from {@code offset} on: [width, channels], 0 to 1. */
  void read(int y, float[] target, int offset) throws BadFileException {
    raster.getPixels(0, y, raster.getWidth(), 1, samples);
    pixels.toFloats(samples, target, offset);
  }

  /** All of it. */
  Images toImages() throws BadFileException {
    int row = width() * channels();
    float[] values = HeapMemory.floats(height() * row, () -> name + " as floats,");
    for (int y = 0; y < height(); y++) {
      read(y, values, y * row);
    }
    return Images.owning(values, 1, height(), width(), channels());
  }
}
