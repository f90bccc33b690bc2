package io.github.vqvae4j.data.image;

import io.github.vqvae4j.data.internal.Checks;
import io.github.vqvae4j.io.BadFileException;
import io.github.vqvae4j.memory.HeapMemory;
import java.awt.image.Raster;
import java.util.List;

/**
 * The pixels of a decoded image, rotated and mirrored, converted row by row, so that no copy of the
 * image is needed.
 */
final class ImageRows implements PixelRows<BadFileException> {
  /** The number of pixels converted at a time; a row may contain all pixels of the image. */
  private static final int BLOCK = 1 << 13;

  private final String name;
  private final Raster raster;
  private final PixelFormat pixels;
  private final int[] samples;

  /** Whether a row of the image is a column of the raster. */
  private final boolean transposed;

  /** Whether the last row or column of the raster is the first row of the image. */
  private final boolean lastFirst;

  /** Whether each row is reversed. */
  private final boolean reversed;

  /**
   * Creates the rows of a decoded image.
   *
   * @param name the file and size, for a message about memory
   * @param orientation the EXIF orientation that is followed, 1 (upright) to 8
   */
  ImageRows(String name, Raster raster, PixelFormat pixels, int orientation) {
    this.name = name;
    this.raster = raster;
    this.pixels = pixels;
    // 6, the most frequent one, is rotated by 90 degrees clockwise to be upright.
    transposed = orientation >= 5;
    lastFirst = List.of(3, 4, 7, 8).contains(orientation);
    reversed = List.of(2, 3, 6, 7).contains(orientation);
    samples = new int[Math.min(BLOCK, width()) * pixels.samples()];
  }

  @Override
  public int height() {
    return transposed ? raster.getWidth() : raster.getHeight();
  }

  @Override
  public int width() {
    return transposed ? raster.getHeight() : raster.getWidth();
  }

  /** Returns 1 for grayscale or 3 for red, green, blue. */
  @Override
  public int channels() {
    return pixels.channels();
  }

  @Override
  public void read(int y, float[] target, int offset) throws BadFileException {
    int line = lastFirst ? height() - 1 - y : y;
    for (int x = 0; x < width(); x += BLOCK) {
      int count = Math.min(BLOCK, width() - x);
      if (transposed) {
        raster.getPixels(line, x, 1, count, samples);
      } else {
        raster.getPixels(x, line, count, 1, samples);
      }
      pixels.toFloats(samples, count, target, offset + x * channels());
    }
    if (reversed) {
      reverse(target, offset);
    }
  }

  private void reverse(float[] row, int offset) {
    int last = offset + (width() - 1) * channels();
    for (int x = 0; x < width() / 2; x++) {
      for (int c = 0; c < channels(); c++) {
        int left = offset + x * channels() + c;
        int right = last - x * channels() + c;
        float value = row[left];
        row[left] = row[right];
        row[right] = value;
      }
    }
  }

  /** Returns all rows. */
  Images toImages() throws BadFileException {
    int row = width() * channels();
    float[] values =
        HeapMemory.floats(
            Checks.length(1, height(), width(), channels()), () -> name + " as floats,");
    for (int y = 0; y < height(); y++) {
      read(y, values, y * row);
    }
    return Images.owning(values, 1, height(), width(), channels());
  }
}
