package io.github.vqvae4j.data;

import io.github.vqvae4j.io.BadFileException;

/**
 * An image file whose header was understood.
 *
 * @param format ImageIO's name of it
 * @param height rows of pixels
 * @param width columns of pixels
 * @param parts what ImageIO is to decode
 * @param pixels what the decoded samples mean
 * @param orientation that of EXIF, 1 if it has none
 */
record ImageSource(
    String format, int height, int width, ImageParts parts, PixelFormat pixels, int orientation) {
  /** Some 64 million: what one may reasonably decode into memory at once. */
  static final int MAX_PIXELS = 1 << 26;

  /** Refuses sizes that are not positive or too large, before pixels take memory. */
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
              + " pixels; make it smaller first");
    }
  }

  /**
   * Refuses an image that claims more pixels than so few bytes can hold, before its pixels take
   * memory and time.
   *
   * @param least how many bytes such an image takes at least
   * @param bytes how many there are
   */
  static void checkBytes(FileBytes file, long height, long width, long least, long bytes)
      throws BadFileException {
    if (bytes < least) {
      throw file.corrupt(
          height
              + " x "
              + width
              + " pixels take at least "
              + least
              + " bytes, of which the file, of "
              + file.size()
              + " bytes, has "
              + bytes,
          null);
    }
  }
}
