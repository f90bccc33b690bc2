package io.github.vqvae4j.tensor;

/**
 * How a convolution's kernel moves over the image, and which channels it connects: stride, zero
 * padding and dilation, each by height and width, and groups.
 *
 * <p>A convolution of an image of height h with a kernel of height k, which reaches over {@code r =
 * dilation (k - 1) + 1} rows, gives a height of {@code (h + 2 padding - r) / stride + 1}, rounded
 * down; a transposed convolution gives {@code (h - 1) stride - 2 padding + r + output padding}.
 * Likewise for the width. In one dimension only the width's settings count.
 *
 * @param strideHeight rows the kernel moves by, at least 1
 * @param strideWidth columns the kernel moves by, at least 1
 * @param paddingHeight rows of zeros above and below, at least 0
 * @param paddingWidth columns of zeros at left and right, at least 0
 * @param dilationHeight rows from one row of the kernel to the next, at least 1
 * @param dilationWidth columns from one column of the kernel to the next, at least 1
 * @param groups into how many parts of equal size the channels fall, of the images and of the
 *     result: each part of the result sees one part of the images; at least 1
 * @param outputPaddingHeight rows that a transposed convolution adds below, since several heights
 *     become one by a convolution of that stride; at least 0, below stride or dilation
 * @param outputPaddingWidth columns that it adds at the right
 */
public record Window(
    int strideHeight,
    int strideWidth,
    int paddingHeight,
    int paddingWidth,
    int dilationHeight,
    int dilationWidth,
    int groups,
    int outputPaddingHeight,
    int outputPaddingWidth) {
  /**
   * Checks the settings.
   *
   * @throws IllegalArgumentException if a stride, a dilation or groups are below 1, a padding is
   *     negative, or an output padding is as large as stride and dilation
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
    if (dilationHeight < 1 || dilationWidth < 1 || groups < 1) {
      throw new IllegalArgumentException(
          "Window: expected dilations and groups of at least 1, got dilations "
              + dilationHeight
              + ", "
              + dilationWidth
              + " and groups "
              + groups
              + ".");
    }
    checkOutputPadding("height", outputPaddingHeight, strideHeight, dilationHeight);
    checkOutputPadding("width", outputPaddingWidth, strideWidth, dilationWidth);
  }

  private static void checkOutputPadding(String axis, int padding, int stride, int dilation) {
    if (padding < 0 || padding >= Math.max(stride, dilation)) {
      throw new IllegalArgumentException(
          "Window: expected an output padding of at least 0 and below stride or dilation, got "
              + padding
              + " beside stride "
              + stride
              + " and dilation "
              + dilation
              + " of the "
              + axis
              + ". Set the stride first.");
    }
  }

  /**
   * Stride and padding by axis, without dilation, in one group.
   *
   * @param strideHeight rows the kernel moves by
   * @param strideWidth columns the kernel moves by
   * @param paddingHeight rows of zeros above and below
   * @param paddingWidth columns of zeros at left and right
   */
  public Window(int strideHeight, int strideWidth, int paddingHeight, int paddingWidth) {
    this(strideHeight, strideWidth, paddingHeight, paddingWidth, 1, 1, 1, 0, 0);
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

  /**
   * Sets the stride.
   *
   * @param height rows the kernel moves by
   * @param width columns the kernel moves by
   * @return this window with it
   */
  public Window stride(int height, int width) {
    return new Window(
        height,
        width,
        paddingHeight,
        paddingWidth,
        dilationHeight,
        dilationWidth,
        groups,
        outputPaddingHeight,
        outputPaddingWidth);
  }

  /**
   * Sets the padding.
   *
   * @param height rows of zeros above and below
   * @param width columns of zeros at left and right
   * @return this window with it
   */
  public Window padding(int height, int width) {
    return new Window(
        strideHeight,
        strideWidth,
        height,
        width,
        dilationHeight,
        dilationWidth,
        groups,
        outputPaddingHeight,
        outputPaddingWidth);
  }

  /**
   * Sets the dilation.
   *
   * @param height rows from one row of the kernel to the next
   * @param width columns from one column of the kernel to the next
   * @return this window with it
   */
  public Window dilation(int height, int width) {
    return new Window(
        strideHeight,
        strideWidth,
        paddingHeight,
        paddingWidth,
        height,
        width,
        groups,
        outputPaddingHeight,
        outputPaddingWidth);
  }

  /**
   * Sets the groups.
   *
   * @param number into how many parts the channels fall
   * @return this window with it
   */
  public Window groups(int number) {
    return new Window(
        strideHeight,
        strideWidth,
        paddingHeight,
        paddingWidth,
        dilationHeight,
        dilationWidth,
        number,
        outputPaddingHeight,
        outputPaddingWidth);
  }

  /**
   * Sets the output padding of a transposed convolution.
   *
   * @param height rows added below
   * @param width columns added at the right
   * @return this window with it
   */
  public Window outputPadding(int height, int width) {
    return new Window(
        strideHeight,
        strideWidth,
        paddingHeight,
        paddingWidth,
        dilationHeight,
        dilationWidth,
        groups,
        height,
        width);
  }

  /** Whether there is no dilation, but one group, and no output padding. */
  boolean isPlain() {
    return equals(new Window(strideHeight, strideWidth, paddingHeight, paddingWidth));
  }

  /** The one for images of one row and kernels of one row, with the same settings of the width. */
  Window ofOneRow() {
    return new Window(
        1, strideWidth, 0, paddingWidth, 1, dilationWidth, groups, 0, outputPaddingWidth);
  }

  /** The size that a convolution makes of a height, for a kernel of that height. */
  long height(long height, long kernel) {
    return Math.floorDiv(height + 2L * paddingHeight - reach(kernel, dilationHeight), strideHeight)
        + 1;
  }

  /** The size that a convolution makes of a width, for a kernel of that width. */
  long width(long width, long kernel) {
    return Math.floorDiv(width + 2L * paddingWidth - reach(kernel, dilationWidth), strideWidth) + 1;
  }

  /** The size that a transposed convolution makes of a height. */
  long transposedHeight(long height, long kernel) {
    return (height - 1) * strideHeight
        - 2L * paddingHeight
        + reach(kernel, dilationHeight)
        + outputPaddingHeight;
  }

  /** The size that a transposed convolution makes of a width. */
  long transposedWidth(long width, long kernel) {
    return (width - 1) * strideWidth
        - 2L * paddingWidth
        + reach(kernel, dilationWidth)
        + outputPaddingWidth;
  }

  private static long reach(long kernel, int dilation) {
    return dilation * (kernel - 1) + 1;
  }
}
