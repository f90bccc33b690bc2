package io.github.vqvae4j.tensor;

import io.github.vqvae4j.config.Records;
import io.github.vqvae4j.config.Require;

/**
 * How a convolution's kernel moves over the image, and which channels it connects.
 *
 * <pre>{@code
 * ConvOptions.of(2, 1)                            // stride 2, padding 1 on each side
 * ConvOptions.of(1, 0).padding(2, 0, 1, 1)        // 2 rows above, none below, a column left and right
 * ConvOptions.of(1, 0).dilation(1, 4).padding(0, 0, 8, 0)  // 3 taps of a sequence, causal
 * }</pre>
 *
 * <p>In one dimension only the width's settings count.
 *
 * @param height how it moves over rows; {@code before} is above, {@code after} below
 * @param width how it moves over columns; {@code before} is at the left, {@code after} at the right
 * @param groups into how many parts of equal size the channels fall, of the images and of the
 *     result: each part of the result sees one part of the images; at least 1
 */
public record ConvOptions(Axis height, Axis width, int groups) {
  /**
   * How a kernel moves along one axis.
   *
   * <p>A convolution of n pixels with a kernel of k, which reaches over {@code r = dilation (k - 1)
   * + 1} of them, gives {@code (n + before + after - r) / stride + 1}, rounded down; a transposed
   * convolution gives {@code (n - 1) stride - before - after + r + output padding}.
   *
   * @param stride pixels that the kernel moves by, from 1 to 2^24
   * @param before zeros before the first pixel, at least 0; of a transposed convolution, pixels
   *     that are cut off there
   * @param after the same after the last pixel
   * @param dilation pixels from one of the kernel to the next, from 1 to 2^24
   * @param outputPadding pixels that a transposed convolution adds at the end, since several sizes
   *     become one by a convolution of that stride; at least 0, below stride or dilation
   */
  public record Axis(int stride, int before, int after, int dilation, int outputPadding) {
    /** Far beyond any image; oneDNN's arithmetic overflows near the largest int. */
    private static final int MOST_STRIDE = 1 << 24;

    /**
     * Checks the settings.
     *
     * @throws IllegalArgumentException if stride or dilation are out of range, or a padding is
     *     negative
     */
    public Axis {
      Require.that(
          stride >= 1 && stride <= MOST_STRIDE,
          "ConvOptions.stride",
          "1 to " + MOST_STRIDE,
          stride);
      Require.that(before >= 0, "ConvOptions.padding", "at least 0", before);
      Require.that(after >= 0, "ConvOptions.padding", "at least 0", after);
      Require.that(
          dilation >= 1 && dilation <= MOST_STRIDE,
          "ConvOptions.dilation",
          "1 to " + MOST_STRIDE,
          dilation);
    }

    private Axis stride(int pixels) {
      return Records.with(this, "stride", pixels);
    }

    private Axis padding(int zerosBefore, int zerosAfter) {
      return Records.with(this, "before", zerosBefore, "after", zerosAfter);
    }

    private Axis dilation(int pixels) {
      return Records.with(this, "dilation", pixels);
    }

    private Axis outputPadding(int pixels) {
      return Records.with(this, "outputPadding", pixels);
    }

    private boolean isPlain() {
      return dilation == 1 && outputPadding == 0;
    }

    /** The size that a convolution makes of one, for a kernel of that size. */
    long size(long size, long kernel) {
      return Math.floorDiv(size + before + after - reach(kernel), stride) + 1;
    }

    /** The size that a transposed convolution makes of one. */
    long transposedSize(long size, long kernel) {
      return (size - 1) * stride - before - after + reach(kernel) + outputPadding;
    }

    private long reach(long kernel) {
      return dilation * (kernel - 1) + 1;
    }
  }

  /** The one axis of images of one row. */
  private static final Axis ONE_ROW = new Axis(1, 0, 0, 1, 0);

  /**
   * Checks the settings.
   *
   * @throws IllegalArgumentException if groups are below 1, or an output padding is as large as
   *     stride and dilation
   */
  public ConvOptions {
    Require.present(Axis.class, "ConvOptions.height", height);
    Require.present(Axis.class, "ConvOptions.width", width);
    Require.that(groups >= 1, "ConvOptions.groups", "at least 1", groups);
    checkOutputPadding("height", height);
    checkOutputPadding("width", width);
  }

  private static void checkOutputPadding(String name, Axis axis) {
    int padding = axis.outputPadding();
    int below = Math.max(axis.stride(), axis.dilation());
    Require.that(
        padding >= 0 && padding < below,
        "ConvOptions.outputPadding",
        "at least 0 and below stride or dilation, " + below + " along the " + name,
        padding,
        "set the stride first");
  }

  /**
   * The same stride and padding in both directions, without dilation, in one group.
   *
   * @param stride rows and columns the kernel moves by
   * @param padding rows and columns of zeros on each side
   * @return the window
   */
  public static ConvOptions of(int stride, int padding) {
    Axis axis = new Axis(stride, padding, padding, 1, 0);
    return new ConvOptions(axis, axis, 1);
  }

  /**
   * Sets the stride.
   *
   * @param ofHeight rows the kernel moves by
   * @param ofWidth columns the kernel moves by
   * @return this window with it
   */
  public ConvOptions stride(int ofHeight, int ofWidth) {
    return new ConvOptions(height.stride(ofHeight), width.stride(ofWidth), groups);
  }

  /**
   * Sets the padding.
   *
   * @param ofHeight rows of zeros above and below
   * @param ofWidth columns of zeros at left and right
   * @return this window with it
   */
  public ConvOptions padding(int ofHeight, int ofWidth) {
    return padding(ofHeight, ofHeight, ofWidth, ofWidth);
  }

  /**
   * Sets the padding of each side.
   *
   * @param top rows of zeros above
   * @param bottom rows of zeros below
   * @param left columns of zeros at the left; of sequences, zeros before the first step
   * @param right columns of zeros at the right
   * @return this window with it
   */
  public ConvOptions padding(int top, int bottom, int left, int right) {
    return new ConvOptions(height.padding(top, bottom), width.padding(left, right), groups);
  }

  /**
   * Sets the dilation.
   *
   * @param ofHeight rows from one row of the kernel to the next
   * @param ofWidth columns from one column of the kernel to the next
   * @return this window with it
   */
  public ConvOptions dilation(int ofHeight, int ofWidth) {
    return new ConvOptions(height.dilation(ofHeight), width.dilation(ofWidth), groups);
  }

  /**
   * Sets the groups.
   *
   * @param number into how many parts the channels fall
   * @return this window with it
   */
  public ConvOptions groups(int number) {
    return new ConvOptions(height, width, number);
  }

  /**
   * Sets the output padding of a transposed convolution.
   *
   * @param ofHeight rows added below
   * @param ofWidth columns added at the right
   * @return this window with it
   */
  public ConvOptions outputPadding(int ofHeight, int ofWidth) {
    return new ConvOptions(height.outputPadding(ofHeight), width.outputPadding(ofWidth), groups);
  }

  /**
   * Returns whether there is stride and padding only.
   *
   * @return true if there is no dilation, but one group, and no output padding
   */
  public boolean isPlain() {
    return groups == 1 && height.isPlain() && width.isPlain();
  }

  /** The one for images of one row and kernels of one row, with the same settings of the width. */
  ConvOptions ofOneRow() {
    return new ConvOptions(ONE_ROW, width, groups);
  }
}
