package io.github.vqvae4j.data.image;

import io.github.vqvae4j.data.internal.FileBytes;
import io.github.vqvae4j.io.BadFileException;

/**
 * A parsed image file.
 *
 * @param format the format name of ImageIO
 * @param height the height in pixels
 * @param width the width in pixels
 * @param parts the data to be decoded by ImageIO
 * @param pixels the interpretation of the decoded samples
 * @param orientation the EXIF orientation, 1 if there is none
 */
record ImageSource(
    String format,
    int height,
    int width,
    CompositeImageStream parts,
    PixelFormat pixels,
    int orientation) {
  /** The maximum number of pixels, about 64 million, which can reasonably be decoded in memory. */
  static final int MAX_PIXELS = 1 << 26;

  /** Checks the size before memory is allocated for the pixels. */
  static void checkSize(FileBytes file, long height, long width) throws BadFileException {
    if (height < 1 || width < 1) {
      throw file.corrupt("it is " + height + " x " + width + " pixels", null);
    }
    if (height > Integer.MAX_VALUE || width > Integer.MAX_VALUE || height * width > MAX_PIXELS) {
      throw new BadFileException(
          file.file(),
          "header",
          "got an image of "
              + height
              + " x "
              + width
              + " pixels, expected at most "
              + MAX_PIXELS
              + " pixels; scale it down first");
    }
  }

  /**
   * Checks that the file has enough bytes for its pixels, before memory is allocated and time is
   * spent on them.
   *
   * @param minBytes the minimum number of bytes of such an image
   * @param bytes the actual number of bytes
   */
  static void checkBytes(FileBytes file, long height, long width, long minBytes, long bytes)
      throws BadFileException {
    if (bytes < minBytes) {
      throw file.corrupt(
          height
              + " x "
              + width
              + " pixels take at least "
              + minBytes
              + " bytes, but the file of "
              + file.size()
              + " bytes has "
              + bytes,
          null);
    }
  }
}
