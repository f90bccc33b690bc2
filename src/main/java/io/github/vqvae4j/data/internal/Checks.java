package io.github.vqvae4j.data.internal;

import io.github.vqvae4j.memory.HeapMemory;

/** Argument checks shared by the packages under data. */
public final class Checks {
  private Checks() {}

  /** Checks that an image index is within 0..size-1. */
  public static void index(int index, int size) {
    if (index < 0 || index >= size) {
      throw new IllegalArgumentException(
          "got image index "
              + index
              + ", expected at least 0 and less than "
              + size
              + ", the number of images; correct the index");
    }
  }

  /**
   * Returns the product of the sizes; checks that each is at least 1 and that the images fit into
   * one array.
   */
  public static int length(int count, int height, int width, int channels) {
    long length = 1;
    for (int size : new int[] {count, height, width, channels}) {
      // Once too large, it stays too large; the product of two ints cannot overflow a long.
      length = size < 1 ? 0 : Math.min(length, Integer.MAX_VALUE) * size;
      if (length == 0) {
        break;
      }
    }
    if (length == 0 || length > Integer.MAX_VALUE - 8) {
      throw new IllegalArgumentException(
          "got images "
              + shape(count, height, width, channels)
              + ", expected each size to be at least 1, and at most 2147483639 values in total;"
              + " correct the sizes, or use fewer images at a time");
    }
    return (int) length;
  }

  /** Allocates an array for images, if the heap has enough free memory. */
  public static float[] floats(int count, int height, int width, int channels) {
    return HeapMemory.floats(
        length(count, height, width, channels),
        () -> "images " + shape(count, height, width, channels));
  }

  /**
   * Checks that an image contains neither NaN nor infinity.
   *
   * @param pixels the array that contains the image from {@code offset} on
   * @param image the description of the image in the message
   */
  public static void finite(
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
                + ", expected finite values; repair or remove the image");
      }
    }
  }

  /** Checks that there is one label for each image, at least 0, or -1 for none. */
  public static void labels(int[] labels, int size) {
    if (labels.length != size) {
      throw new IllegalArgumentException(
          "got "
              + labels.length
              + " labels, expected "
              + size
              + ", one for each image; use -1 for an image without a label");
    }
    for (int i = 0; i < size; i++) {
      if (labels[i] < -1) {
        throw new IllegalArgumentException(
            "got label "
                + labels[i]
                + " for image "
                + i
                + ", expected at least 0, or -1 for none; correct it");
      }
    }
  }

  /** Formats a shape as [count, height, width, channels]. */
  public static String shape(int count, int height, int width, int channels) {
    return "[" + count + ", " + height + ", " + width + ", " + channels + "]";
  }
}
