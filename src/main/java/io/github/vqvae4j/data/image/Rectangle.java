package io.github.vqvae4j.data.image;

import io.github.vqvae4j.data.internal.Checks;

/** A rectangle of pixels of an image [height, width, channels]. */
record Rectangle(int row, int column, int height, int width) {
  /** Copies rows of an image; both offsets and the length are in values. */
  @FunctionalInterface
  interface RowCopy {
    void copy(int start, int length, int targetOffset);
  }

  /** Implements {@link Dataset#rectangle}: reads the whole image and copies the rectangle. */
  void copyFrom(Dataset data, int index, long epoch, float[] target, int offset) {
    check(data);
    if (height == data.height() && width == data.width()) {
      read(data, index, epoch, target, offset);
      return;
    }
    float[] image = Checks.floats(1, data.height(), data.width(), data.channels());
    read(data, index, epoch, image, 0);
    rows(
        data,
        offset,
        (start, length, targetOffset) ->
            System.arraycopy(image, start, target, targetOffset, length));
  }

  private static void read(Dataset data, int index, long epoch, float[] target, int offset) {
    if (epoch == EpochImages.NONE) {
      data.image(index, target, offset);
    } else {
      data.image(index, epoch, target, offset);
    }
  }

  /**
   * Copies the rows of the rectangle.
   *
   * @param data the images
   * @param offset the index in the target of the first value
   * @param copy copies one row of the rectangle; its start is relative to the image
   * @throws IllegalArgumentException if the rectangle is not inside the images
   */
  void rows(Dataset data, int offset, RowCopy copy) {
    check(data);
    int channels = data.channels();
    int length = width * channels;
    for (int y = 0; y < height; y++) {
      copy.copy(((row + y) * data.width() + column) * channels, length, offset + y * length);
    }
  }

  /** Returns this rectangle, moved down and to the right. */
  Rectangle moved(int rows, int columns) {
    return new Rectangle(row + rows, column + columns, height, width);
  }

  /** Checks that the rectangle is inside the images. */
  void check(Dataset data) {
    if (!inside(row, height, data.height()) || !inside(column, width, data.width())) {
      throw new IllegalArgumentException(
          "got a rectangle of "
              + height
              + " x "
              + width
              + " pixels from row "
              + row
              + " and column "
              + column
              + " on, expected at least 1 x 1 pixel inside the images of "
              + data.height()
              + " x "
              + data.width()
              + "; correct its position or size");
    }
  }

  private static boolean inside(int start, int length, int size) {
    return start >= 0 && length >= 1 && length <= size && start <= size - length;
  }
}
