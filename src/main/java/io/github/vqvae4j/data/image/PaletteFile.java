package io.github.vqvae4j.data.image;

import io.github.vqvae4j.data.internal.Checks;
import io.github.vqvae4j.io.AtomicFile;
import io.github.vqvae4j.io.FileNames;
import java.awt.image.BufferedImage;
import java.awt.image.DataBuffer;
import java.awt.image.IndexColorModel;
import java.awt.image.Raster;
import java.awt.image.WritableRaster;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Locale;

/**
 * Writes an image of few colors as an indexed-color PNG: a palette and, for each pixel, the index
 * of its color in 1, 2, 4 or 8 bits. {@link Images#read} reads such files.
 */
public final class PaletteFile {
  /** The maximum number of colors of an indexed-color PNG. */
  private static final int MAX_COLORS = 256;

  private PaletteFile() {}

  /**
   * Writes one image to a PNG file, atomically. Colors are rounded to 8 bits.
   *
   * @param palette one image of one row, whose pixels are the colors: [1, 1, K, 1 or 3], K at most
   *     256
   * @param indices the indices of the colors, [height, width], row-major, each from 0 to K - 1
   * @param height the height in pixels
   * @param width the width in pixels
   * @param file the file, whose name ends in {@code .png}; an existing one is replaced
   * @throws IllegalArgumentException if the palette or the file name is invalid, an index is out of
   *     range, or the number of indices differs from the number of pixels
   * @throws IOException if the file cannot be written
   */
  public static void write(Images palette, int[] indices, int height, int width, Path file)
      throws IOException {
    if (!String.valueOf(file.getFileName()).toLowerCase(Locale.ROOT).endsWith(".png")) {
      throw new IllegalArgumentException(
          "got the file name "
              + FileNames.path(file)
              + ", expected one that ends in .png; change the extension");
    }
    ImageChecks.grayOrColor(palette);
    if (palette.size() != 1 || palette.height() != 1 || palette.width() > MAX_COLORS) {
      throw new IllegalArgumentException(
          "got a palette "
              + palette
              + ", expected one row of 1 to "
              + MAX_COLORS
              + " colors; use fewer colors, or write the image itself with Images.write");
    }
    if (Checks.length(1, height, width, 1) != indices.length) {
      throw new IllegalArgumentException(
          "got "
              + indices.length
              + " indices, expected "
              + height
              + " x "
              + width
              + "; correct the sizes or the array");
    }
    BufferedImage indexedImage = indexedImage(palette, indices, height, width);
    AtomicFile.write(file, out -> ImageEncoder.encode(indexedImage, "png", out));
  }

  private static BufferedImage indexedImage(Images palette, int[] indices, int height, int width) {
    int colors = palette.width();
    int bits = colors <= 2 ? 1 : colors <= 4 ? 2 : colors <= 16 ? 4 : 8;
    byte[][] bands = new byte[3][colors];
    for (int i = 0; i < colors; i++) {
      for (int band = 0; band < 3; band++) {
        float value = palette.pixel(0, 0, i, palette.channels() == 1 ? 0 : band);
        bands[band][i] = (byte) ImageEncoder.toByte(value);
      }
    }
    IndexColorModel model = new IndexColorModel(bits, colors, bands[0], bands[1], bands[2]);
    WritableRaster raster =
        bits == 8
            ? Raster.createInterleavedRaster(DataBuffer.TYPE_BYTE, width, height, 1, null)
            : Raster.createPackedRaster(DataBuffer.TYPE_BYTE, width, height, 1, bits, null);
    for (int i = 0; i < indices.length; i++) {
      if (indices[i] < 0 || indices[i] >= colors) {
        throw new IllegalArgumentException(
            "got index "
                + indices[i]
                + " at row "
                + i / width
                + ", column "
                + i % width
                + ", expected 0 to "
                + (colors - 1)
                + "; pass the palette that the indices were computed with");
      }
      raster.setSample(i % width, i / width, 0, indices[i]);
    }
    return new BufferedImage(model, raster, false, null);
  }
}
