package io.github.vqvae4j.data.image;

import io.github.vqvae4j.data.internal.Checks;
import io.github.vqvae4j.data.internal.View;
import io.github.vqvae4j.io.BadFileException;
import io.github.vqvae4j.memory.HeapMemory;
import io.github.vqvae4j.memory.InsufficientMemoryException;
import io.github.vqvae4j.metrics.Psnr;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;

/**
 * One or more images of equal size, immutable and on the heap: pixels [count, height, width,
 * channels], 0 for black and 1 for white, each with or without a label. Model outputs may be
 * slightly outside [0, 1]; they are clamped only when they are written to a file. Windows of a
 * series, their reconstructions and heat maps are {@link #unbounded}.
 *
 * <pre>{@code
 * Images photo = Images.read(Path.of("photo.jpg"));
 * Images.write(photo.toGray(), Path.of("gray.png"));
 * Images.writeGrid(reconstructions, Path.of("grid.png")); // with labels: ImageGrid
 * }</pre>
 */
public final class Images implements Dataset {
  private static final int NO_LABEL = -1;

  private final float[] pixels;
  private final int count;
  private final int height;
  private final int width;
  private final int channels;
  private final boolean unitRange;

  /** Null if no image has a label. */
  private final int[] labels;

  /** Takes ownership of the arrays. The pixels are known to be finite. */
  private Images(
      float[] pixels,
      int count,
      int height,
      int width,
      int channels,
      boolean unitRange,
      int[] labels) {
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
    this.labels = labels;
  }

  /**
   * Creates images from an array.
   *
   * @param pixels [count, height, width, channels], row-major, 0 to 1; copied
   * @param count the number of images
   * @param height the height in pixels
   * @param width the width in pixels
   * @param channels the number of channels: 1 for grayscale, 3 for red, green, blue
   * @return the images
   * @throws IllegalArgumentException if a size is below 1, the length of the array is not the
   *     product of the sizes, or a value is NaN or infinite
   */
  public static Images of(float[] pixels, int count, int height, int width, int channels) {
    return owning(
        HeapMemory.guard(
            () -> "a copy of images " + Checks.shape(count, height, width, channels),
            (long) Float.BYTES * pixels.length,
            pixels::clone),
        count,
        height,
        width,
        channels);
  }

  /** Creates images that take ownership of the array. */
  static Images owning(float[] pixels, int count, int height, int width, int channels) {
    return new Images(pixels, count, height, width, channels, true, null).checkFinite();
  }

  private Images checkFinite() {
    for (int i = 0; i < count; i++) {
      Checks.finite(pixels, i * imageLength(), height, width, channels, "image " + i);
    }
    return this;
  }

  /**
   * Reads one image from a PNG, JPEG, BMP, GIF or TIFF file, or of another format for which there
   * is an ImageIO plugin on the class path, such as TwelveMonkeys' {@code imageio-webp}. The format
   * is detected from the content. A grayscale image has 1 channel, a color image 3. As in PIL and
   * torchvision, values are those stored in the file, divided by the maximum: color profiles and
   * gamma are ignored, and 16-bit values keep their precision. Transparent pixels, including those
   * of a PNG's transparent color, are blended with white. Unlike PIL, a fourth sample of a TIFF
   * file that does not state its meaning is regarded as alpha, and a first frame of a GIF file that
   * is smaller than the canvas is returned without the rest of it.
   *
   * <p>JPEG files are decoded by the JDK. If only the height of the chroma is halved (4:4:0), the
   * result depends on the libjpeg of the JDK build: libjpeg-turbo, as in PIL and Debian's OpenJDK,
   * interpolates chroma, whereas the libjpeg 6b of other builds (Temurin) repeats it; values differ
   * by up to 30 (of 255) at edges. With other subsampling (4:2:0, 4:2:2, 4:1:1) both return the
   * same values as PIL.
   *
   * <p>The image is rotated and mirrored as its EXIF orientation states; {@link #readAsStored} does
   * not. Of a GIF or another file with several images, the first is read.
   *
   * <p>JPEG files in CMYK or YCCK, and TIFF files in CMYK, Lab or uncompressed YCbCr, are converted
   * to sRGB by TwelveMonkeys' plugins {@code imageio-jpeg} and {@code imageio-tiff}, and rejected
   * without them: with the color profile in the file, otherwise with the generic profile of macOS
   * or Windows, or on Linux as (1 - C)(1 - K). JPEG files that use more than 8 bits, lossless
   * compression or arithmetic coding are rejected. The message names the reason and the plugin.
   *
   * @param file the file
   * @return the image
   * @throws NoSuchFileException if the file does not exist
   * @throws BadFileException if the file is not such an image, is truncated or corrupt, or has more
   *     than 64 million pixels
   * @throws IOException if the file cannot be read
   * @throws InsufficientMemoryException if the heap is too small for the pixels, both as decoded
   *     bytes and as floats
   */
  public static Images read(Path file) throws IOException {
    return ImageDecoder.image(file, true);
  }

  /**
   * Reads one image like {@link #read(Path)}, but ignores its EXIF orientation: the pixels are as
   * stored in the file, so that a photograph may lie on its side.
   *
   * @param file the file
   * @return the image
   * @throws NoSuchFileException if the file does not exist
   * @throws BadFileException as for {@link #read(Path)}
   * @throws IOException if the file cannot be read
   * @throws InsufficientMemoryException if the heap is too small for the pixels
   */
  public static Images readAsStored(Path file) throws IOException {
    return ImageDecoder.image(file, false);
  }

  /**
   * Reads one image from the bytes of a file, as {@link #read(Path)} does.
   *
   * @param bytes the content of a file
   * @return the image
   * @throws BadFileException as for {@link #read(Path)}; the message names {@code image in memory}
   * @throws IOException only as a {@code BadFileException}
   * @throws InsufficientMemoryException if the heap is too small for the pixels
   */
  public static Images read(byte[] bytes) throws IOException {
    return ImageDecoder.image(bytes);
  }

  /**
   * Reads one image from a stream, as {@link #read(Path)} does from a file.
   *
   * @param in the stream, such as a resource of a jar or the body of an HTTP response; it is read
   *     to its end and not closed
   * @return the image
   * @throws BadFileException as for {@link #read(Path)}; the message names {@code image in memory}
   * @throws IOException if the stream cannot be read
   * @throws InsufficientMemoryException if the heap is too small for the bytes or the pixels
   */
  public static Images read(InputStream in) throws IOException {
    return read(HeapMemory.guard(() -> "the bytes of an image", in.available(), in::readAllBytes));
  }

  /**
   * Copies Java2D images. A gray image has 1 channel, any other 3. Gray and RGB values, of 8 or 16
   * bits, are divided by their maximum: as in image files, they are regarded as sRGB, whereas
   * {@link BufferedImage#getRGB} regards those of {@code TYPE_BYTE_GRAY} as linear and returns 188
   * for 128. {@link java.awt.color.ColorSpace#CS_LINEAR_RGB}, CMYK and color spaces other than RGB
   * are converted to sRGB. Transparent pixels, premultiplied or not, are blended with white.
   *
   * @param images one or more images of equal height, width and channels
   * @return the images, without labels
   * @throws IllegalArgumentException if there are no images or their sizes or channels differ
   * @throws InsufficientMemoryException if the heap is too small for the pixels
   */
  public static Images from(BufferedImage... images) {
    return concat(Arrays.stream(images).map(Images::copy).toArray(Images[]::new));
  }

  private static Images copy(BufferedImage image) {
    try {
      return BufferedPixels.rows("a BufferedImage", image, 1).toImages();
    } catch (BadFileException e) {
      throw new IllegalStateException("expected a color for every index of a palette", e);
    }
  }

  /**
   * Copies all images of a dataset, with their labels. To copy some of them, see {@link
   * Dataset#range}.
   *
   * @param data the dataset, of at least 1 image
   * @return the images
   * @throws IllegalArgumentException if the dataset is empty, does not fit into one array, or
   *     contains NaN or infinity
   */
  public static Images from(Dataset data) {
    return copy(data, IntStream.range(0, data.size()).toArray());
  }

  /**
   * Copies selected images of a dataset, with their labels.
   *
   * @param data the dataset
   * @param indices the indices of at least 1 image, in any order
   * @return the images
   * @throws IllegalArgumentException if an index is out of range, or an image contains NaN or
   *     infinity
   */
  public static Images from(Dataset data, int... indices) {
    return copy(data, indices);
  }

  private static Images copy(Dataset data, int[] indices) {
    int count = indices.length;
    float[] pixels = Checks.floats(count, data.height(), data.width(), data.channels());
    int[] labels = new int[count];
    for (int i = 0; i < count; i++) {
      int index = indices[i];
      int offset = i * data.imageLength();
      View.read(data, () -> data.image(index, pixels, offset));
      labels[i] = data.label(index);
    }
    return new Images(
            pixels,
            count,
            data.height(),
            data.width(),
            data.channels(),
            data.unitRange(),
            labelsOrNull(labels))
        .checkFinite();
  }

  /**
   * Concatenates images.
   *
   * @param parts one or more, of equal height, width and channels
   * @return all images in order, with their labels
   * @throws IllegalArgumentException if there are no parts or their sizes differ
   */
  public static Images concat(Images... parts) {
    ImageChecks.equalSizes(List.of(parts));
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
    int[] labels =
        Arrays.stream(parts)
            .flatMapToInt(part -> IntStream.range(0, part.count).map(part::label))
            .toArray();
    return new Images(
        pixels, count, first.height, first.width, first.channels, unitRange, labelsOrNull(labels));
  }

  private static int[] labelsOrNull(int... labels) {
    return Arrays.stream(labels).allMatch(label -> label == NO_LABEL) ? null : labels;
  }

  /**
   * Writes one image to a file, atomically: as PNG if the name ends in {@code .png}, as JPEG if it
   * ends in {@code .jpg} or {@code .jpeg}. Values are clamped to [0, 1] and rounded to 8 bits.
   *
   * @param image one image with 1 or 3 channels
   * @param file the file; an existing one is replaced
   * @throws IllegalArgumentException if there are several images, the number of channels is neither
   *     1 nor 3, the values are unbounded, or the file name has a different extension
   * @throws IOException if the file cannot be written
   */
  public static void write(Images image, Path file) throws IOException {
    checkSingle(image);
    ImageEncoder.write(image, file);
  }

  private static void checkSingle(Images image) {
    if (image.count != 1) {
      throw new IllegalArgumentException(
          "got "
              + image.count
              + " images for one file, expected 1; write them as a grid with Images.writeGrid, or"
              + " one at a time with image(i)");
    }
  }

  /**
   * Encodes one image as PNG.
   *
   * @param image one image with 1 or 3 channels
   * @return the bytes that {@link #write} writes
   * @throws IllegalArgumentException if there are several images, the number of channels is neither
   *     1 nor 3, or the values are unbounded
   */
  public static byte[] png(Images image) {
    checkSingle(image);
    return ImageEncoder.png(image);
  }

  /**
   * Copies one image to a Java2D image, for a window, a drawing or another library. Values are
   * clamped to [0, 1] and rounded to 8 bits. Gray values are sRGB, as in all image files: a gray
   * image has a palette of 256 gray values instead of {@code TYPE_BYTE_GRAY}, whose values Java2D
   * regards as linear. {@link #from(BufferedImage...)} returns the same pixels.
   *
   * @param index the index of the image, 0 to {@code size() - 1}
   * @return a new image of type {@code TYPE_BYTE_INDEXED} for 1 channel or {@code TYPE_3BYTE_BGR}
   *     for 3
   * @throws IllegalArgumentException if the index is out of range, the number of channels is
   *     neither 1 nor 3, or the values are unbounded
   */
  public BufferedImage toBufferedImage(int index) {
    ImageChecks.writable(this);
    BufferedImage stored = ImageEncoder.toBufferedImage(image(index));
    return channels == 1 ? BufferedPixels.gray(stored.getRaster()) : stored;
  }

  /**
   * Writes images as an approximately square grid. Small images are enlarged (see {@link
   * #writeGrid(List, Path)}).
   *
   * @param images the images
   * @param file the PNG or JPEG file (see {@link #write})
   * @throws IllegalArgumentException as for {@link #writeGrid(List, Path)}
   * @throws IOException if the file cannot be written
   */
  public static void writeGrid(Images images, Path file) throws IOException {
    write(grid(images), file);
  }

  /**
   * Returns the grid that {@link #writeGrid(Images, Path)} writes.
   *
   * @param images the images
   * @return one large image
   * @throws IllegalArgumentException as for {@link #writeGrid(List, Path)}
   */
  public static Images grid(Images images) {
    return new ImageGrid().rows(images, (int) Math.ceil(Math.sqrt(images.count))).image();
  }

  /**
   * Writes images as a grid, row by row. Small images are enlarged (see {@link #writeGrid(List,
   * Path)}).
   *
   * @param images the images
   * @param columns the number of images per row, at least 1
   * @param file the PNG or JPEG file (see {@link #write})
   * @throws IllegalArgumentException if {@code columns} is below 1, and as for {@link
   *     #writeGrid(List, Path)}
   * @throws IOException if the file cannot be written
   */
  public static void writeGrid(Images images, int columns, Path file) throws IOException {
    new ImageGrid().rows(images, columns).write(file);
  }

  /**
   * Writes images as a grid in which each {@code Images} is one row, such as originals above their
   * reconstructions, without labels; {@link ImageGrid} writes them. Images of up to 56 pixels are
   * enlarged by an integer factor, to at most 112 pixels; the factor is smaller if the grid would
   * become too large.
   *
   * @param rows the rows, of images of equal size; shorter rows are padded with white
   * @param file the PNG or JPEG file (see {@link #write})
   * @throws IllegalArgumentException if there are no rows, their images differ in size, or the grid
   *     has more than 64 million pixels, and as for {@link #write}
   * @throws IOException if the file cannot be written
   */
  public static void writeGrid(List<Images> rows, Path file) throws IOException {
    write(grid(rows), file);
  }

  /**
   * Returns the grid that {@link #writeGrid(List, Path)} writes.
   *
   * @param rows the rows, of images of equal size; shorter rows are padded with white
   * @return one large image
   * @throws IllegalArgumentException as for {@link #writeGrid(List, Path)}
   */
  public static Images grid(List<Images> rows) {
    ImageGrid grid = new ImageGrid();
    rows.forEach(grid::row);
    return grid.image();
  }

  /**
   * Writes images as a grid in which each {@code Images} is one row, enlarged by a given factor,
   * with a thin white line between images.
   *
   * @param rows the rows, of images of equal size; shorter rows are padded with white
   * @param scale the enlargement factor, at least 1
   * @param file the PNG or JPEG file (see {@link #write})
   * @throws IllegalArgumentException if {@code scale} is below 1, and as for {@link
   *     #writeGrid(List, Path)}
   * @throws IOException if the file cannot be written
   */
  public static void writeGrid(List<Images> rows, int scale, Path file) throws IOException {
    ImageGrid grid = new ImageGrid().scale(scale);
    rows.forEach(grid::row);
    grid.write(file);
  }

  /**
   * Returns the same images with other labels, such as the classes of samples.
   *
   * @param newLabels one label for each image, at least 0, or -1 for none; copied
   * @return images that share these pixels
   * @throws IllegalArgumentException if the number of labels is not the number of images, or a
   *     label is below -1
   */
  public Images withLabels(int... newLabels) {
    Checks.labels(newLabels, count);
    return new Images(
        pixels, count, height, width, channels, unitRange, labelsOrNull(newLabels.clone()));
  }

  /**
   * Returns images with the same values, marked as unbounded: not pixels in [0, 1], but values such
   * as the samples of a series.
   *
   * @return images whose {@link #unitRange} is false
   */
  public Images unbounded() {
    return new Images(pixels, count, height, width, channels, false, labels);
  }

  /**
   * Converts the images to grayscale: 0.299 red + 0.587 green + 0.114 blue (ITU-R BT.601).
   *
   * @return images with 1 channel; this object if they are grayscale already
   * @throws IllegalArgumentException if the number of channels is neither 1 nor 3
   */
  public Images toGray() {
    ImageChecks.grayOrColor(this);
    if (channels == 1) {
      return this;
    }
    float[] gray = Checks.floats(count, height, width, 1);
    for (int i = 0; i < gray.length; i++) {
      gray[i] = 0.299f * pixels[3 * i] + 0.587f * pixels[3 * i + 1] + 0.114f * pixels[3 * i + 2];
    }
    return new Images(gray, count, height, width, 1, unitRange, labels);
  }

  /**
   * Converts the images to red, green and blue. The three channels of a grayscale image are equal.
   *
   * @return images with 3 channels; this object if they are in color already
   * @throws IllegalArgumentException if the number of channels is neither 1 nor 3
   */
  public Images toColor() {
    ImageChecks.grayOrColor(this);
    if (channels == 3) {
      return this;
    }
    float[] color = Checks.floats(count, height, width, 3);
    for (int i = 0; i < color.length; i++) {
      color[i] = pixels[i / 3];
    }
    return new Images(color, count, height, width, 3, unitRange, labels);
  }

  /**
   * Returns the same rectangle of every image.
   *
   * @param row the first row, from 0 at the top
   * @param column the first column, from 0 at the left
   * @param newHeight the height of the rectangle in pixels, at least 1
   * @param newWidth the width of the rectangle in pixels, at least 1
   * @return images [count, newHeight, newWidth, channels] with the same labels
   * @throws IllegalArgumentException if the rectangle is empty or extends beyond the images
   */
  public Images crop(int row, int column, int newHeight, int newWidth) {
    return resized(ImageSizes.crop(this, row, column, newHeight, newWidth), newHeight, newWidth);
  }

  /**
   * Scales the images, ignoring their aspect ratio, with the filter of {@link ImageFolder}: linear
   * interpolation when an image is enlarged, the mean of the source pixels with the weights of a
   * triangle (antialiasing) when it is reduced. This is PyTorch's {@code
   * interpolate(mode="bilinear", antialias=True)}.
   *
   * @param newHeight the height in pixels, at least 1
   * @param newWidth the width in pixels, at least 1
   * @return images [count, newHeight, newWidth, channels] with the same labels
   * @throws IllegalArgumentException if a size is below 1 or the images do not fit into one array
   */
  public Images resize(int newHeight, int newWidth) {
    return resized(ImageSizes.resize(this, newHeight, newWidth), newHeight, newWidth);
  }

  /**
   * Pads the images at the bottom and on the right until height and width are multiples of a
   * number, as models require: the last row and column are repeated. {@code crop(0, 0, height,
   * width)} of the padded images, or of their reconstructions, removes the padding.
   *
   * @param multiple the number, at least 1: for a model, its downsampling factor, such as 4 for
   *     {@code downsample(2)}
   * @return images [count, newHeight, newWidth, channels] with the same labels
   * @throws IllegalArgumentException if {@code multiple} is below 1 or the images do not fit into
   *     one array
   */
  public Images padTo(int multiple) {
    int newHeight = ImageSizes.roundUp(height, multiple);
    int newWidth = ImageSizes.roundUp(width, multiple);
    return resized(ImageSizes.pad(this, newHeight, newWidth), newHeight, newWidth);
  }

  private Images resized(float[] newPixels, int newHeight, int newWidth) {
    return new Images(newPixels, count, newHeight, newWidth, channels, unitRange, labels);
  }

  /**
   * Computes the mean squared error between these images and others, such as their reconstructions,
   * over all pixels and channels of all images. For one image, pass {@code image(i)}. Values are
   * not clamped.
   *
   * @param other as many images of the same height, width and channels
   * @return the mean of (value - other value)^2
   * @throws IllegalArgumentException if the shapes differ
   */
  public double meanSquaredError(Images other) {
    if (count != other.count) {
      throw new IllegalArgumentException(
          "got "
              + other
              + " to compare with "
              + this
              + ", expected as many; select them with from");
    }
    ImageChecks.equalSizes(List.of(this, other));
    double sum = 0;
    for (int i = 0; i < pixels.length; i++) {
      double difference = (double) pixels[i] - other.pixels[i];
      sum += difference * difference;
    }
    return sum / pixels.length;
  }

  /**
   * Computes the peak signal-to-noise ratio of these images and others: -10 log10({@link
   * #meanSquaredError}). For several images this is the PSNR of their mean error, as in the logs of
   * training, not the mean of their PSNRs.
   *
   * @param other as many images of the same height, width and channels, with values in [0, 1]
   * @return the PSNR in decibels; infinite for equal images
   * @throws IllegalArgumentException if the shapes differ, or the values are unbounded, which have
   *     no peak
   */
  public double psnr(Images other) {
    ImageChecks.unitRange(this);
    ImageChecks.unitRange(other);
    return Psnr.fromMeanSquaredError(meanSquaredError(other));
  }

  /**
   * Returns one of the images.
   *
   * @param index the index of the image, 0 to {@code size() - 1}
   * @return a copy of the image
   * @throws IllegalArgumentException if the index is out of range
   */
  public Images image(int index) {
    Checks.index(index, count);
    int length = pixels.length / count;
    float[] one = Arrays.copyOfRange(pixels, index * length, (index + 1) * length);
    int[] label = labels == null ? null : labelsOrNull(labels[index]);
    return new Images(one, 1, height, width, channels, unitRange, label);
  }

  @Override
  public int size() {
    return count;
  }

  @Override
  public boolean isThreadSafe() {
    return true;
  }

  @Override
  public void image(int index, float[] target, int offset) {
    Checks.index(index, count);
    System.arraycopy(pixels, index * imageLength(), target, offset, imageLength());
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
    Checks.index(index, count);
    int first = index * imageLength();
    new Rectangle(row, column, height, width)
        .rows(
            this,
            offset,
            (start, length, targetOffset) ->
                System.arraycopy(pixels, first + start, target, targetOffset, length));
  }

  @Override
  public int label(int index) {
    Checks.index(index, count);
    return labels == null ? NO_LABEL : labels[index];
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
   * Returns a copy of the pixels.
   *
   * @return the pixels, [count, height, width, channels], row-major
   */
  public float[] pixels() {
    return pixels.clone();
  }

  /** Copies one row of one image: [width, channels]. */
  void copyRow(int image, int y, float[] target, int offset) {
    int length = width * channels;
    System.arraycopy(pixels, (image * height + y) * length, target, offset, length);
  }

  /** Returns one value without copying the pixels. */
  float pixel(int image, int y, int x, int channel) {
    return pixels[((image * height + y) * width + x) * channels + channel];
  }

  /**
   * Returns whether another object is an {@code Images} with the same shape, pixels and labels.
   *
   * @param other the object to compare with
   * @return whether it is equal to this
   */
  @Override
  public boolean equals(Object other) {
    return other instanceof Images that
        && count == that.count
        && height == that.height
        && width == that.width
        && channels == that.channels
        && Arrays.equals(pixels, that.pixels)
        && Arrays.equals(labels, that.labels);
  }

  @Override
  public int hashCode() {
    return 31 * Arrays.hashCode(new int[] {count, height, width, channels})
        + Arrays.hashCode(pixels);
  }

  /** Returns the shape: {@code Images[8, 28, 28, 1]}. */
  @Override
  public String toString() {
    return "Images" + Checks.shape(count, height, width, channels);
  }
}
