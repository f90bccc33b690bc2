package io.github.vqvae4j.data.image;

import io.github.vqvae4j.data.internal.Checks;
import io.github.vqvae4j.io.Counts;

/**
 * Images stored as bytes, which take a quarter of the memory of floats. An unsigned byte v
 * represents the value v / 255.
 *
 * <p>The arrays are not copied and must not be modified.
 */
public final class ByteImages implements Dataset {
  private static final float[] VALUES = new float[256];

  static {
    for (int i = 0; i < VALUES.length; i++) {
      VALUES[i] = i / 255f;
    }
  }

  private final byte[] pixels;
  private final int size;
  private final int height;
  private final int width;
  private final int channels;
  private final int[] labels;

  private ByteImages(byte[] pixels, int size, int height, int width, int channels, int[] labels) {
    this.pixels = pixels;
    this.size = size;
    this.height = height;
    this.width = width;
    this.channels = channels;
    this.labels = labels;
  }

  /**
   * Creates images without labels.
   *
   * @param pixels [count, height, width, channels], row-major, not copied
   * @param count the number of images
   * @param height the height in pixels
   * @param width the width in pixels
   * @param channels the number of channels: 1 for grayscale, 3 for red, green, blue
   * @return the images
   * @throws IllegalArgumentException if a size is below 1 or the length of the array is not the
   *     product of the sizes
   */
  public static ByteImages of(byte[] pixels, int count, int height, int width, int channels) {
    int length = Checks.length(count, height, width, channels);
    if (pixels.length != length) {
      throw new IllegalArgumentException(
          "got "
              + pixels.length
              + " bytes, expected "
              + length
              + " for images "
              + Checks.shape(count, height, width, channels)
              + "; correct the sizes or the array");
    }
    return new ByteImages(pixels, count, height, width, channels, null);
  }

  /**
   * Returns the same images with labels.
   *
   * @param labels the label of each image, at least 0, or -1 for none; not copied
   * @return images that share these pixels
   * @throws IllegalArgumentException if the number of labels is not the number of images, or a
   *     label is below -1
   */
  public ByteImages withLabels(int[] labels) {
    Checks.labels(labels, size);
    return new ByteImages(pixels, size, height, width, channels, labels);
  }

  @Override
  public int size() {
    return size;
  }

  @Override
  public boolean isThreadSafe() {
    return true;
  }

  @Override
  public int height() {
    return height;
  }

  @Override
  public int width() {
    return width;
  }

  @Override
  public int channels() {
    return channels;
  }

  @Override
  public void image(int index, float[] target, int offset) {
    Checks.index(index, size);
    int length = imageLength();
    toFloats(pixels, index * length, length, target, offset);
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
    Checks.index(index, size);
    toFloats(
        pixels,
        index * imageLength(),
        this,
        new Rectangle(row, column, height, width),
        target,
        offset);
  }

  /** Converts bytes to values in [0, 1]. */
  static void toFloats(byte[] bytes, int start, int length, float[] target, int offset) {
    for (int i = 0; i < length; i++) {
      target[offset + i] = VALUES[bytes[start + i] & 0xff];
    }
  }

  /** Converts a rectangle of the image from {@code first} on to values in [0, 1]. */
  static void toFloats(
      byte[] bytes, int first, Dataset data, Rectangle rectangle, float[] target, int offset) {
    rectangle.rows(
        data,
        offset,
        (start, length, targetOffset) ->
            toFloats(bytes, first + start, length, target, targetOffset));
  }

  @Override
  public int label(int index) {
    Checks.index(index, size);
    return labels == null ? -1 : labels[index];
  }

  /**
   * Returns the number and shape of the images and whether they have labels: {@code 60000 images
   * [28, 28, 1] with labels}.
   */
  @Override
  public String toString() {
    return Counts.of(size, "image")
        + " ["
        + height
        + ", "
        + width
        + ", "
        + channels
        + "] "
        + (labels == null ? "without labels" : "with labels");
  }
}
