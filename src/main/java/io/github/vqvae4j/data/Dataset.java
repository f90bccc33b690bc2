package io.github.vqvae4j.data;

/**
 * A fixed number of images of one size, each with or without a label.
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
   * @param target takes the pixels, [height, width, channels], each 0 (black) to 1 (white)
   * @param offset where in {@code target} the image begins
   * @throws IllegalArgumentException if there is no such image
   */
  void image(int index, float[] target, int offset);

  /**
   * The label of one image.
   *
   * @param index which image, 0 to {@code size() - 1}
   * @return its label, 0 or more, or -1 if it has none
   * @throws IllegalArgumentException if there is no such image
   */
  int label(int index);

  /**
   * The number of values of one image.
   *
   * @return height * width * channels
   */
  default int imageLength() {
    return height() * width() * channels();
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
    return new DatasetRange(this, from, to);
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
    float[] pixels = new float[Checks.length(to - from, height(), width(), channels())];
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
