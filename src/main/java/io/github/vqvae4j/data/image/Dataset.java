package io.github.vqvae4j.data.image;

import io.github.vqvae4j.data.Source;
import io.github.vqvae4j.data.internal.Checks;
import io.github.vqvae4j.data.internal.View;
import java.util.List;

/**
 * A fixed-size collection of images of equal size, each with or without a label. A window of a
 * {@link io.github.vqvae4j.data.series.Series} is an image of height 1 whose width is the time
 * axis.
 *
 * <pre>{@code
 * Dataset train = Mnist.download().train();
 * List<Dataset> parts = train.split(42, 0.9);
 * Dataset augmented = parts.get(0).augmented(Augmentation.NONE.padding(2), 42);
 * Images first = Images.from(parts.get(1).range(0, 8));
 * }</pre>
 *
 * <p>Implementations must always return the same image for the same index. Batches are loaded by a
 * background thread, or by several if {@link #isThreadSafe} returns true.
 */
public interface Dataset extends Source<ImageBatch> {

  /**
   * Returns the number of images.
   *
   * @return the number of images, at least 0
   */
  @Override
  int size();

  /**
   * Returns a batch of images, without augmentation.
   *
   * @param indices the index of each image, 0 to {@code size() - 1}, in any order
   * @return the pixels and labels
   * @throws IllegalArgumentException if an index is out of range, or an image contains NaN or
   *     infinity; the message contains the index of the image and the position of the value
   */
  @Override
  default ImageBatch batch(int... indices) {
    return EpochImages.batch(this, EpochImages.NONE, indices);
  }

  /** Returns the images as {@linkplain #image(int, long, float[], int) used in an epoch}. */
  @Override
  default Source<ImageBatch> atEpoch(long epoch) {
    return new EpochImages(this, epoch);
  }

  /** Returns [height, width, channels]. */
  @Override
  default List<Integer> exampleShape() {
    return List.of(height(), width(), channels());
  }

  /**
   * Returns the height of each image.
   *
   * @return the height in pixels
   */
  int height();

  /**
   * Returns the width of each image.
   *
   * @return the width in pixels
   */
  int width();

  /**
   * Returns the number of channels of each image.
   *
   * @return 1 for grayscale, 3 for red, green, blue
   */
  int channels();

  /**
   * Copies one image into an array.
   *
   * @param index the index of the image, 0 to {@code size() - 1}
   * @param target the array to write the pixels to, [height, width, channels], each from 0 (black)
   *     to 1 (white) if {@link #unitRange} is true
   * @param offset the index in {@code target} of the first value
   * @throws IllegalArgumentException if the index is out of range
   */
  void image(int index, float[] target, int offset);

  /**
   * Copies one image, as used in the given epoch of training, into an array. By default the epoch
   * is ignored. If images vary between epochs, as with {@link #augmented}, the result is a function
   * of index and epoch only.
   *
   * @param index the index of the image, 0 to {@code size() - 1}
   * @param epoch the epoch, counted from 0
   * @param target the array to write the pixels to, [height, width, channels]
   * @param offset the index in {@code target} of the first value
   * @throws IllegalArgumentException if the index is out of range
   */
  default void image(int index, long epoch, float[] target, int offset) {
    image(index, target, offset);
  }

  /**
   * Copies a rectangle of one image into an array. Images held in memory and views of them read
   * only the rectangle; by default the whole image is read.
   *
   * @param index the index of the image, 0 to {@code size() - 1}
   * @param row the first row, 0 to {@code height() - height}
   * @param column the first column, 0 to {@code width() - width}
   * @param height the height of the rectangle in pixels, at least 1
   * @param width the width of the rectangle in pixels, at least 1
   * @param target the array to write the pixels to, [height, width, channels]
   * @param offset the index in {@code target} of the first value
   * @throws IllegalArgumentException if the index is out of range, or the rectangle is not inside
   *     the image
   */
  default void rectangle(
      int index, int row, int column, int height, int width, float[] target, int offset) {
    rectangle(index, EpochImages.NONE, row, column, height, width, target, offset);
  }

  /**
   * Copies a rectangle of one image, as {@linkplain #image(int, long, float[], int) used in the
   * given epoch} of training, into an array. It is the variant that a dataset overrides to read
   * less than the whole image.
   *
   * @param index the index of the image, 0 to {@code size() - 1}
   * @param epoch the epoch, counted from 0; -1 for the image without augmentation
   * @param row the first row, 0 to {@code height() - height}
   * @param column the first column, 0 to {@code width() - width}
   * @param height the height of the rectangle in pixels, at least 1
   * @param width the width of the rectangle in pixels, at least 1
   * @param target the array to write the pixels to, [height, width, channels]
   * @param offset the index in {@code target} of the first value
   * @throws IllegalArgumentException if the index is out of range, or the rectangle is not inside
   *     the image
   */
  default void rectangle(
      int index,
      long epoch,
      int row,
      int column,
      int height,
      int width,
      float[] target,
      int offset) {
    new Rectangle(row, column, height, width).copyFrom(this, index, epoch, target, offset);
  }

  /**
   * Returns the label of one image.
   *
   * @param index the index of the image, 0 to {@code size() - 1}
   * @return the label, at least 0, or -1 if the image has none
   * @throws IllegalArgumentException if the index is out of range
   */
  int label(int index);

  /**
   * Returns whether the values are pixels from 0 (black) to 1 (white) rather than unbounded values,
   * such as the samples of a {@link io.github.vqvae4j.data.series.Series}. Only data with pixels in
   * [0, 1] is clamped by {@link #augmented}, has a PSNR, and can be written to image files. A view
   * returns the value of the underlying dataset.
   *
   * @return whether the values are pixels; true by default
   */
  default boolean unitRange() {
    return true;
  }

  /**
   * Returns the number of values of one image.
   *
   * @return height * width * channels
   * @throws IllegalArgumentException if they do not fit into one array
   */
  default int imageLength() {
    return Checks.length(1, height(), width(), channels());
  }

  /**
   * Returns a view of a range of images. Image i of the view is image {@code from + i} of this
   * dataset.
   *
   * @param from the index of the first image
   * @param to the index after the last image
   * @return the view
   * @throws IllegalArgumentException unless {@code 0 <= from <= to <= size()}
   */
  @Override
  default Dataset range(int from, int to) {
    return Subset.range(this, from, to);
  }

  /**
   * Returns a view of selected images, such as those with a given label.
   *
   * @param indices the indices of the images, in any order; image {@code i} of the view is image
   *     {@code indices[i]} of this dataset
   * @return the view
   * @throws IllegalArgumentException if an index is out of range
   */
  @Override
  default Dataset select(int... indices) {
    return Subset.select(this, indices);
  }

  /**
   * Splits this dataset at random into disjoint parts, which are views: {@code split(42, 0.9)}
   * returns parts of 90% and 10%, {@code split(42, 0.8, 0.1)} parts of 80%, 10% and 10%. The images
   * of each part keep their order. The result depends only on the seed, the fractions and the
   * number of images.
   *
   * @param seed the seed
   * @param fractions the fraction of the images in each part, above 0; if their sum is below 1, an
   *     additional part contains the rest
   * @return the parts
   * @throws IllegalArgumentException if a fraction is not above 0, their sum is above 1, or a part
   *     would be empty
   */
  @Override
  default List<Dataset> split(long seed, double... fractions) {
    return Subset.split(this, seed, fractions);
  }

  /**
   * Returns a view of several copies of this dataset, one after the other: image i of the view is
   * image {@code i % size()} of this dataset. An epoch of the view is {@code times} epochs of this
   * dataset, so that a batch may contain several random crops of one image:
   *
   * <pre>{@code
   * Dataset crops = flowers.repeat(100).augmented(Augmentation.NONE.crop(64, 64), 42);
   * }</pre>
   *
   * <p>If images vary between epochs, as with {@link #augmented}, they vary between the copies,
   * too, whether this dataset or the view is augmented. Split a dataset before it is repeated:
   * otherwise the parts contain the same images.
   *
   * @param times the number of copies, at least 1
   * @return the view
   * @throws IllegalArgumentException if {@code times} is below 1, or the view has more than 2^31 -
   *     1 images
   */
  default Dataset repeat(int times) {
    return new RepeatedDataset(this, times);
  }

  /**
   * Returns a view of the square tiles of each image (see {@link #tiles(int, int, int, int)}).
   *
   * @param size the height and the width of each tile in pixels
   * @param stride the distance between neighboring tiles in pixels, in both directions; below
   *     {@code size}, tiles overlap
   * @return the view
   * @throws IllegalArgumentException if {@code size} is not from 1 to the smaller side of the
   *     images, {@code stride} is below 1, or there are more than 2^31 - 1 tiles
   */
  default Dataset tiles(int size, int stride) {
    return tiles(size, size, stride, stride);
  }

  /**
   * Returns a view of the tiles of each image: of the first image row by row, then of the second,
   * and so on. A tile has the label of its image.
   *
   * <p>Tiles begin at rows 0, rowStride, 2 rowStride and so on, and at columns likewise. Only tiles
   * that are entirely inside the image are returned: each image has ((H - height) / rowStride + 1)
   * ((W - width) / columnStride + 1) tiles, rounded down, and pixels beyond the last ones, at the
   * bottom and on the right, are in none. Split photographs before they are tiled, so that the
   * tiles of an image are in one part.
   *
   * @param height the height of each tile in pixels
   * @param width the width of each tile in pixels
   * @param rowStride the distance between the first rows of neighboring tiles
   * @param columnStride the distance between the first columns of neighboring tiles
   * @return the view
   * @throws IllegalArgumentException if the tiles have no pixels or are larger than the images, a
   *     stride is below 1, or there are more than 2^31 - 1 tiles
   */
  default Dataset tiles(int height, int width, int rowStride, int columnStride) {
    return new TiledDataset(this, height, width, rowStride, columnStride);
  }

  /**
   * Returns a view whose images are randomly augmented in each epoch of training. Outside training,
   * as in an evaluation or {@link #variance}, they are only center-cropped.
   *
   * @param augmentation the random transformations
   * @param seed the seed; together with the epoch and the index, it determines how an image is
   *     augmented
   * @return the view
   * @throws IllegalArgumentException if the crop is larger than the images, or the padding is
   *     larger than their longer side
   */
  default Dataset augmented(Augmentation augmentation, long seed) {
    return new AugmentedDataset(this, augmentation, seed);
  }

  /**
   * Returns the pixels of a range of images.
   *
   * @param from the index of the first image
   * @param to the index after the last image
   * @return a copy of the pixels, [to - from, height, width, channels]
   * @throws IllegalArgumentException unless {@code 0 <= from < to <= size()}, or an image contains
   *     NaN or infinity
   */
  default float[] pixels(int from, int to) {
    float[] pixels = Checks.floats(to - from, height(), width(), channels());
    for (int i = from; i < to; i++) {
      int index = i;
      int offset = (i - from) * imageLength();
      View.read(this, () -> image(index, pixels, offset));
      Checks.finite(pixels, offset, height(), width(), channels(), "image " + i);
    }
    return pixels;
  }

  /**
   * Returns the pixels of a {@linkplain #rectangle(int, int, int, int, int, float[], int)
   * rectangle} of one image.
   *
   * @param index the index of the image, 0 to {@code size() - 1}
   * @param row the first row
   * @param column the first column
   * @param height the height of the rectangle in pixels, at least 1
   * @param width the width of the rectangle in pixels, at least 1
   * @return a copy of the pixels, [height, width, channels]
   * @throws IllegalArgumentException if the index is out of range, the rectangle is not inside the
   *     image, or it contains NaN or infinity
   */
  default float[] rectangle(int index, int row, int column, int height, int width) {
    float[] pixels = Checks.floats(1, height, width, channels());
    View.read(this, () -> rectangle(index, row, column, height, width, pixels, 0));
    String what = "image " + index + ", from row " + row + " and column " + column + " on";
    Checks.finite(pixels, 0, height, width, channels(), what);
    return pixels;
  }

  /**
   * Computes the population variance of the values of all images: mean((x - mean(x))^2). The mean
   * squared error divided by it is the normalized MSE, the fraction of the images' variance that a
   * model does not explain, as in the reconstruction loss of Sonnet's VQ-VAE.
   *
   * <p>If there are more than 2^28 values, the result is that of a sample: one image at a random
   * but fixed place in each stretch of n images, at least 1,000 images, and about 2^26 values
   * unless images are large. Progress is logged every few seconds. Sums are accumulated in double
   * precision, and only of squares of centered values.
   *
   * @return the variance, at least 0
   * @throws IllegalStateException if there are no images
   * @throws IllegalArgumentException if an image contains NaN or infinity
   * @throws java.util.concurrent.CancellationException if the thread is interrupted; its interrupt
   *     status stays set
   */
  default double variance() {
    return Variance.of(this);
  }
}
