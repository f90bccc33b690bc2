package io.github.vqvae4j.data;

import io.github.vqvae4j.memory.HeapMemory;
import java.util.List;

/** Checks that several classes of this package make in the same words. */
final class Checks {
  private Checks() {}

  /** Refuses an image index outside 0..size-1. */
  static void index(int index, int size) {
    if (index < 0 || index >= size) {
      throw new IllegalArgumentException(
          "got image index "
              + index
              + ", expected 0 or more and less than "
              + size
              + ", the number of images; correct the index");
    }
  }

  /** Refuses sizes below 1, and images that do not fit into one array; gives the product. */
  static int length(int count, int height, int width, int channels) {
    long length = 1;
    for (int size : new int[] {count, height, width, channels}) {
      // Once too large it stays so; the product of two ints cannot overflow a long.
      length = size < 1 ? 0 : Math.min(length, Integer.MAX_VALUE) * size;
      if (length == 0) {
        break;
      }
    }
    if (length == 0 || length > Integer.MAX_VALUE - 8) {
      throw new IllegalArgumentException(
          "got images "
              + shape(count, height, width, channels)
              + ", expected each size to be 1 or more and at most 2147483639 values in all; correct"
              + " the sizes, or take fewer images at a time");
    }
    return (int) length;
  }

  /** An array for images, where the heap has room for it. */
  static float[] floats(int count, int height, int width, int channels) {
    return HeapMemory.floats(
        length(count, height, width, channels),
        () -> "images " + shape(count, height, width, channels));
  }

  /**
   * Refuses NaN and infinity in one image.
   *
   * @param pixels holds the image from {@code offset} on
   * @param image names the image in the message
   */
  static void finite(
      float[] pixels, int offset, int height, int width, int channels, String image) {
    int length = height * width * channels;
    for (int i = 0; i < length; i++) {
      if (!Float.isFinite(pixels[offset + i])) {
        int y = i / (width * channels);
        int x = i / channels % width;
        throw new IllegalArgumentException(
            "got "
                + pixels[offset + i]
                + " in "
                + image
                + " at row "
                + y
                + ", column "
                + x
                + ", channel "
                + i % channels
                + ", expected finite values; repair or leave out that image");
      }
    }
  }

  /** Refuses images that are neither gray nor coloured. */
  static void grayOrColor(Images images) {
    if (images.channels() != 1 && images.channels() != 3) {
      throw new IllegalArgumentException(
          "got "
              + images
              + ", expected 1 channel (gray) or 3 (red, green, blue); choose such channels first");
    }
  }

  /**
   * Refuses what is no picture: images that are neither gray nor coloured, and unbounded values.
   */
  static void picture(Images images) {
    if (!images.unitRange()) {
      throw new IllegalArgumentException(
          "got "
              + images
              + " of values without bounds, expected pixels from 0 to 1; scale them and make them"
              + " pixels with Images.of, or draw a series as a curve");
    }
    grayOrColor(images);
  }

  /** Refuses parts that cannot stand side by side or be put together, and no parts at all. */
  static void equalSizes(List<Images> parts) {
    if (parts.isEmpty()) {
      throw new IllegalArgumentException("got no images, expected one or more; give some");
    }
    Images first = parts.get(0);
    for (Images part : parts) {
      if (part.height() != first.height()
          || part.width() != first.width()
          || part.channels() != first.channels()) {
        throw new IllegalArgumentException(
            "got "
                + part
                + " beside "
                + first
                + ", expected equal height, width and channels; convert the channels with toColor"
                + " or toGray");
      }
    }
  }

  /** [count, height, width, channels] as text. */
  static String shape(int count, int height, int width, int channels) {
    return "[" + count + ", " + height + ", " + width + ", " + channels + "]";
  }
}
