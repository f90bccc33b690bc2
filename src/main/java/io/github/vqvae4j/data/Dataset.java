package io.github.vqvae4j.data;

import java.util.List;

/**
 * A fixed number of images of one size, each with or without a label. A window of a {@link Series}
 * is an image too, of height 1: its width is the time.
 *
 * <p>An implementation must give the same image for the same index every time, and must allow calls
 * from several threads at once: batches are loaded on a thread of their own.
 */
public interface Dataset {

  /**
   * The number of images.
   *
   * @return the number of images, 0 or more
   */
  int size();

  /**
   * The height of every image.
   *
   * @return rows of pixels
   */
  int height();

  /**
   * The width of every image.
   *
   * @return columns of pixels
   */
  int width();

  /**
   * The channels of every image.
   *
   * @return 1 for gray, 3 for red, green, blue
   */
  int channels();

  /**
   * Copies one image into an array.
   *
   * @param index which image, 0 to {@code size() - 1}
   * @param target takes the pixels, [height, width, channels], each 0 (black) to 1 (white) if this
   *     has {@link #unitRange}
   * @param offset where in {@code target} the image begins
   * @throws IllegalArgumentException if there is no such image
   */
  void image(int index, float[] target, int offset);

  /**
   * Copies one image as it looks in one epoch of training. By default, as always; where images vary
   * from epoch to epoch, as in {@link #augmented}, index and epoch alone decide how.
   *
   * @param index which image, 0 to {@code size() - 1}
   * @param epoch counted from 0
   * @param target takes the pixels, [height, width, channels]
   * @param offset where in {@code target} the image begins
   * @throws IllegalArgumentException if there is no such image
   */
  default void image(int index, long epoch, float[] target, int offset) {
    image(index, target, offset);
  }

  /**
   * The label of one image.
   *
   * @param index which image, 0 to {@code size() - 1}
   * @return its label, 0 or more, or -1 if it has none
   * @throws IllegalArgumentException if there is no such image
   */
  int label(int index);

  /**
   * Whether values are pixels from 0 (black) to 1 (white), as of images, and not values without
   * bounds, as samples of a {@link Series}. Only pixels are clamped when they are {@link
   * #augmented}, have a PSNR, and can be written as pictures. A data set that is made of another
   * one has the other's.
   *
   * @return true by default
   */
  default boolean unitRange() {
    return true;
  }

  /**
   * How many files were left out because they could not be read, for the report of a training.
   *
   * @return 0 unless this comes from an {@link ImageFolder} that skips such files
   */
  default int skippedFiles() {
    return 0;
  }

  /**
   * The number of values of one image.
   *
   * @return height * width * channels
   * @throws IllegalArgumentException if an array cannot hold so many
   */
  default int imageLength() {
    return Checks.length(1, height(), width(), channels());
  }

  /**
   * A part of this data set, as a view: image 0 of the part is image {@code from} of this one.
   *
   * @param from the first image
   * @param to one past the last image
   * @return the part
   * @throws IllegalArgumentException if not {@code 0 <= from <= to <= size()}
   */
  default Dataset range(int from, int to) {
    return DatasetPart.range(this, from, to);
  }

  /**
   * Some images of this data set, as a view, such as those of one label.
   *
   * @param indices which images, in any order; image 0 of the view is that of the first index
   * @return the view
   * @throws IllegalArgumentException if there is no image of such an index
   */
  default Dataset select(int... indices) {
    return DatasetPart.select(this, indices);
  }

  /**
   * Random parts that have no image in common and together are the whole, as views: {@code
   * split(42, 0.9)} gives nine tenths and one tenth, {@code split(42, 0.8, 0.1)} three parts. In
   * each, images stand in the order they have here. The same seed, fractions and number of images
   * give the same parts.
   *
   * @param seed any number
   * @param fractions the size of each part, above 0; if their sum is below 1, one more part takes
   *     the rest
   * @return the parts
   * @throws IllegalArgumentException if a fraction is not above 0, their sum is above 1, or a part
   *     would have no images
   */
  default List<Dataset> split(long seed, double... fractions) {
    return DatasetPart.split(this, seed, fractions);
  }

  /**
   * A view whose images vary at random from epoch to epoch when they are trained on. Read in order,
   * as for an evaluation or {@link #variance}, they do not vary: only what is cut off is, from the
   * middle.
   *
   * @param augmentation what happens to each image
   * @param seed any number; with the epoch and the image's index it decides how an image looks
   * @return the view
   * @throws IllegalArgumentException if the images are smaller than what is to be cut out of them,
   *     or the padding is more than their longer side
   */
  default Dataset augmented(Augmentation augmentation, long seed) {
    return new AugmentedDataset(this, augmentation, seed);
  }

  /**
   * Copies some images out.
   *
   * @param from the first image
   * @param to one past the last image
   * @return their pixels, [to - from, height, width, channels]
   * @throws IllegalArgumentException if not {@code 0 <= from < to <= size()}, or an image holds NaN
   *     or infinity
   */
  default float[] pixels(int from, int to) {
    float[] pixels = Checks.floats(to - from, height(), width(), channels());
    for (int i = from; i < to; i++) {
      int offset = (i - from) * imageLength();
      image(i, pixels, offset);
      Checks.finite(pixels, offset, height(), width(), channels(), "image " + i);
    }
    return pixels;
  }

  /**
   * The population variance of all pixel values of all images: mean((x - mean(x))^2). Dividing a
   * mean squared error by it gives the part of the images' variance that a model leaves
   * unexplained, as in the reconstruction loss of Sonnet's VQ-VAE.
   *
   * <p>Every image is read once; sums are in double and never of squares of uncentred values.
   *
   * @return the variance, 0 or more
   * @throws IllegalStateException if there are no images
   * @throws IllegalArgumentException if an image holds NaN or infinity
   */
  default double variance() {
    return Variance.of(this);
  }
}
