package io.github.vqvae4j.data;

import io.github.vqvae4j.io.BadFileException;
import io.github.vqvae4j.memory.HeapMemory;
import io.github.vqvae4j.memory.InsufficientMemoryException;
import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;

/**
 * One or more images of one size, as an immutable value on the heap: pixels [count, height, width,
 * channels], black 0 and white 1. A model's output may lie a little outside; it is clamped to [0,
 * 1] only when it is written to a file. Windows of a series, their reconstructions and heat maps
 * are {@link #unbounded}.
 */
public final class Images implements Dataset {
  private final float[] pixels;
  private final int count;
  private final int height;
  private final int width;
  private final int channels;
  private final boolean unitRange;

  /** Takes the array as its own. */
  private Images(
      float[] pixels, int count, int height, int width, int channels, boolean unitRange) {
    int length = Checks.length(count, height, width, channels);
    if (pixels.length != length) {
      throw new IllegalArgumentException(
          "got "
              + pixels.length
              + " pixels, expected "
              + length
              + " for images "
              + Checks.shape(count, height, width, channels)
              + "; correct the sizes or the array");
    }
    this.pixels = pixels;
    this.count = count;
    this.height = height;
    this.width = width;
    this.channels = channels;
    this.unitRange = unitRange;
    for (int i = 0; i < count; i++) {
      Checks.finite(pixels, i * (length / count), height, width, channels, "image " + i);
    }
  }

  /**
   * Images from an array.
   *
   * @param pixels [count, height, width, channels], row-major, 0 to 1; copied
   * @param count the number of images
   * @param height rows of pixels
   * @param width columns of pixels
   * @param channels 1 for gray, 3 for red, green, blue
   * @return the images
   * @throws IllegalArgumentException if a size is below 1, the array is not as long as they say, or
   *     a value is NaN or infinite
   */
  public static Images of(float[] pixels, int count, int height, int width, int channels) {
    return new Images(
        HeapMemory.guard(
            () -> "a copy of images " + Checks.shape(count, height, width, channels),
            (long) Float.BYTES * pixels.length,
            pixels::clone),
        count,
        height,
        width,
        channels,
        true);
  }

  /** Images whose pixels are this array, not a copy of it. */
  static Images owning(float[] pixels, int count, int height, int width, int channels) {
    return new Images(pixels, count, height, width, channels, true);
  }

  /**
   * Reads one image from a PNG, JPEG or BMP file; its content tells which. A gray image has 1
   * channel, a coloured one 3. Values are those stored in the file, divided by the largest, as PIL
   * and torchvision read them: colour profiles and gamma are ignored, 16-bit values keep their
   * precision. What is transparent is shown on white, including the one colour that a PNG may
   * declare to be; of an animated PNG the still image is read.
   *
   * <p>The JDK decodes JPEGs. With chroma of half the height only (4:4:0), the libjpeg of its build
   * makes a difference: libjpeg-turbo, as in PIL and Debian's OpenJDK, interpolates chroma where
   * the libjpeg 6b of other builds (Temurin) repeats it, which may be 30 of 255 off at edges. Other
   * subsampling (4:2:0, 4:2:2, 4:1:1) gives PIL's values with both.
   *
   * <p>The EXIF orientation is ignored, too; the first such image is reported by a warning. JPEGs
   * in CMYK or YCCK, of more than 8 bits, lossless or with arithmetic coding are refused; the
   * message says which it is.
   *
   * @param file the file
   * @return one image
   * @throws NoSuchFileException if there is no such file
   * @throws BadFileException if it is not such an image, is cut off or corrupt, or has more than 64
   *     million pixels
   * @throws IOException if it cannot be read
   * @throws InsufficientMemoryException if the heap is too small for its pixels, as decoded bytes
   *     and as floats
   */
  public static Images read(Path file) throws IOException {
    return ImageReading.image(file, OrientationNotice.SINGLE_FILES);
  }

  /**
   * All images of a data set; {@link Dataset#range} gives a part of one.
   *
   * @param data the data set, of 1 or more images
   * @return its images
   * @throws IllegalArgumentException if there are none, too many for one array, or one holds NaN or
   *     infinity
   */
  public static Images from(Dataset data) {
    return copy(data, IntStream.range(0, data.size()).toArray());
  }

  /**
   * Some images of a data set.
   *
   * @param data the data set
   * @param indices which images, 1 or more, in any order
   * @return these images
   * @throws IllegalArgumentException if there is no image of such an index, or one holds NaN or
   *     infinity
   */
  public static Images from(Dataset data, int... indices) {
    return copy(data, indices);
  }

  private static Images copy(Dataset data, int[] indices) {
    int count = indices.length;
    float[] pixels = Checks.floats(count, data.height(), data.width(), data.channels());
    for (int i = 0; i < count; i++) {
      data.image(indices[i], pixels, i * data.imageLength());
    }
    return new Images(
        pixels, count, data.height(), data.width(), data.channels(), data.unitRange());
  }

  /**
   * Images after one another.
   *
   * @param parts one or more, of equal height, width and channels
   * @return all their images in order
   * @throws IllegalArgumentException if there are none or their sizes differ
   */
  public static Images concat(Images... parts) {
    Checks.equalSizes(List.of(parts));
    if (parts.length == 1) {
      return parts[0];
    }
    int count = 0;
    for (Images part : parts) {
      count = Math.addExact(count, part.count);
    }
    Images first = parts[0];
    float[] pixels = Checks.floats(count, first.height, first.width, first.channels);
    int offset = 0;
    for (Images part : parts) {
      System.arraycopy(part.pixels, 0, pixels, offset, part.pixels.length);
      offset += part.pixels.length;
    }
    boolean unitRange = Arrays.stream(parts).allMatch(Images::unitRange);
    return new Images(pixels, count, first.height, first.width, first.channels, unitRange);
  }

  /**
   * Writes one image, whole or not at all. A name that ends in {@code .png} gives a PNG, {@code
   * .jpg} or {@code .jpeg} a JPEG; values are rounded to the nearest of 256 steps.
   *
   * @param image one image of 1 or 3 channels
   * @param file the file; an older one is replaced
   * @throws IllegalArgumentException if there are several images, not 1 or 3 channels, values
   *     without bounds, or the name ends otherwise
   * @throws IOException if the file cannot be written
   */
  public static void write(Images image, Path file) throws IOException {
    checkSingle(image);
    ImageWriting.write(image, file);
  }

  private static void checkSingle(Images image) {
    if (image.count != 1) {
      throw new IllegalArgumentException(
          "got "
              + image.count
              + " images for one file, expected 1; write them side by side with Images.writeGrid,"
              + " or one at a time with image(i)");
    }
  }

  /**
   * One image as the bytes of a PNG file.
   *
   * @param image one image of 1 or 3 channels
   * @return what {@link #write} writes
   * @throws IllegalArgumentException if there are several images, not 1 or 3 channels, or values
   *     without bounds
   */
  public static byte[] png(Images image) {
    checkSingle(image);
    return ImageWriting.png(image);
  }

  /**
   * Writes images as a grid, about as many rows as columns, small images enlarged (see {@link
   * #writeGrid(List, Path)}).
   *
   * @param images the images
   * @param file the file, as in {@link #write}
   * @throws IllegalArgumentException as in {@link #write}
   * @throws IOException if the file cannot be written
   */
  public static void writeGrid(Images images, Path file) throws IOException {
    writeGrid(images, (int) Math.ceil(Math.sqrt(images.count)), file);
  }

  /**
   * Writes images as a grid, row by row, small images enlarged (see {@link #writeGrid(List,
   * Path)}).
   *
   * @param images the images
   * @param columns how many stand in a row, 1 or more
   * @param file the file, as in {@link #write}
   * @throws IllegalArgumentException if columns is below 1; otherwise as in {@link #write}
   * @throws IOException if the file cannot be written
   */
  public static void writeGrid(Images images, int columns, Path file) throws IOException {
    writeGrid(ImageGrid.rows(images, columns), file);
  }

  /**
   * Writes images as a grid, each {@code Images} one row, such as originals above their
   * reconstructions. Images of 56 pixels or less are enlarged by a whole number, to at most 112
   * pixels and as far as the grid does not become too large.
   *
   * @param rows the rows, of images of one size; a shorter row is filled up with white
   * @param file the file, as in {@link #write}
   * @throws IllegalArgumentException if there are no rows, their images differ in size, or the grid
   *     has more than 64 million pixels; otherwise as in {@link #write}
   * @throws IOException if the file cannot be written
   */
  public static void writeGrid(List<Images> rows, Path file) throws IOException {
    write(grid(rows), file);
  }

  /**
   * Lays images out as {@link #writeGrid(List, Path)} does.
   *
   * @param rows the rows, of images of one size; a shorter row is filled up with white
   * @return one large image
   * @throws IllegalArgumentException as for {@link #writeGrid(List, Path)}
   */
  public static Images grid(List<Images> rows) {
    Checks.equalSizes(rows);
    return ImageGrid.layOut(rows, ImageGrid.scale(rows));
  }

  /**
   * Writes images as a grid, each {@code Images} one row, with a thin white line between tiles.
   *
   * @param rows the rows, of images of one size; a shorter row is filled up with white
   * @param scale how many pixels of the file each pixel of an image is high and wide, 1 or more
   * @param file the file, as in {@link #write}
   * @throws IllegalArgumentException if scale is below 1; otherwise as in {@link #writeGrid(List,
   *     Path)}
   * @throws IOException if the file cannot be written
   */
  public static void writeGrid(List<Images> rows, int scale, Path file) throws IOException {
    Checks.equalSizes(rows);
    ImageWriting.write(ImageGrid.layOut(rows, scale), file);
  }

  /**
   * The same values, without bounds: not pixels from 0 to 1, but such as the samples of a series.
   *
   * @return images whose {@link #unitRange} is false
   */
  public Images unbounded() {
    return new Images(pixels, count, height, width, channels, false);
  }

  /**
   * The images in gray: 0.299 red + 0.587 green + 0.114 blue (ITU-R BT.601).
   *
   * @return images of 1 channel; these themselves if they are gray
   * @throws IllegalArgumentException if they have neither 1 nor 3 channels
   */
  public Images toGray() {
    Checks.grayOrColor(this);
    if (channels == 1) {
      return this;
    }
    float[] gray = Checks.floats(count, height, width, 1);
    for (int i = 0; i < gray.length; i++) {
      gray[i] = 0.299f * pixels[3 * i] + 0.587f * pixels[3 * i + 1] + 0.114f * pixels[3 * i + 2];
    }
    return new Images(gray, count, height, width, 1, unitRange);
  }

  /**
   * The images in red, green and blue; of a gray image, all three are equal.
   *
   * @return images of 3 channels; these themselves if they are in colour
   * @throws IllegalArgumentException if they have neither 1 nor 3 channels
   */
  public Images toColor() {
    Checks.grayOrColor(this);
    if (channels == 3) {
      return this;
    }
    float[] color = Checks.floats(count, height, width, 3);
    for (int i = 0; i < color.length; i++) {
      color[i] = pixels[i / 3];
    }
    return new Images(color, count, height, width, 3, unitRange);
  }

  /**
   * One of the images.
   *
   * @param index which, 0 to {@code count() - 1}
   * @return that image alone
   * @throws IllegalArgumentException if there is no such image
   */
  public Images image(int index) {
    Checks.index(index, count);
    int length = pixels.length / count;
    float[] one = Arrays.copyOfRange(pixels, index * length, (index + 1) * length);
    return new Images(one, 1, height, width, channels, unitRange);
  }

  @Override
  public int size() {
    return count;
  }

  @Override
  public void image(int index, float[] target, int offset) {
    Checks.index(index, count);
    System.arraycopy(pixels, index * imageLength(), target, offset, imageLength());
  }

  /** Images of a file or a model have no labels: -1. */
  @Override
  public int label(int index) {
    Checks.index(index, count);
    return -1;
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
  public boolean unitRange() {
    return unitRange;
  }

  /**
   * The pixels.
   *
   * @return a copy, [count, height, width, channels], row-major
   */
  public float[] pixels() {
    return pixels.clone();
  }

  /** One value, without the copy. */
  float pixel(int image, int y, int x, int channel) {
    return pixels[((image * height + y) * width + x) * channels + channel];
  }

  /**
   * Equal shape and equal pixels.
   *
   * @param other another object
   * @return whether it is equal images
   */
  @Override
  public boolean equals(Object other) {
    return other instanceof Images that
        && count == that.count
        && height == that.height
        && width == that.width
        && channels == that.channels
        && Arrays.equals(pixels, that.pixels);
  }

  @Override
  public int hashCode() {
    return 31 * Arrays.hashCode(new int[] {count, height, width, channels})
        + Arrays.hashCode(pixels);
  }

  /** The shape: {@code Images[8, 28, 28, 1]}. */
  @Override
  public String toString() {
    return "Images" + Checks.shape(count, height, width, channels);
  }
}
