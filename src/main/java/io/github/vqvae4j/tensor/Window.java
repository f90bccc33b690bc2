package io.github.vqvae4j.tensor;

/**
 * How a convolution's kernel moves over the image: stride and zero padding, each by height and
 * width.
 *
 * <p>A convolution of an image of height h with a kernel of height k gives a height of {@code (h +
 * 2 padding - k) / stride + 1}, rounded down; a transposed convolution gives {@code (h - 1) stride
 * - 2 padding + k}. Likewise for the width.
 *
 * @param strideHeight rows the kernel moves by, at least 1
 * @param strideWidth columns the kernel moves by, at least 1
 * @param paddingHeight rows of zeros above and below, at least 0
 * @param paddingWidth columns of zeros at left and right, at least 0
 */
public record Window(int strideHeight, int strideWidth, int paddingHeight, int paddingWidth) {
  /**
   * Checks the settings.
   *
   * @throws IllegalArgumentException if a stride is below 1 or a padding negative
   */
  public Window {
    if (strideHeight < 1 || strideWidth < 1 || paddingHeight < 0 || paddingWidth < 0) {
      throw new IllegalArgumentException(
          "Window: expected strides of at least 1 and paddings of at least 0, got strides "
              + strideHeight
              + ", "
              + strideWidth
              + " and paddings "
              + paddingHeight
              + ", "
              + paddingWidth
              + ".");
    }
  }

  /**
   * The same stride and padding in both directions.
   *
   * @param stride rows and columns the kernel moves by
   * @param padding rows and columns of zeros on each side
   * @return the window
   */
  public static Window of(int stride, int padding) {
    return new Window(stride, stride, padding, padding);
  }

  /** The size that a convolution makes of a height, for a kernel of that height. */
  long height(long height, long kernel) {
    return Math.floorDiv(height + 2L * paddingHeight - kernel, strideHeight) + 1;
  }

  /** The size that a convolution makes of a width, for a kernel of that width. */
  long width(long width, long kernel) {
    return Math.floorDiv(width + 2L * paddingWidth - kernel, strideWidth) + 1;
  }

  /** The size that a transposed convolution makes of a height. */
  long transposedHeight(long height, long kernel) {
    return (height - 1) * strideHeight - 2L * paddingHeight + kernel;
  }

  /** The size that a transposed convolution makes of a width. */
  long transposedWidth(long width, long kernel) {
    return (width - 1) * strideWidth - 2L * paddingWidth + kernel;
  }
}
