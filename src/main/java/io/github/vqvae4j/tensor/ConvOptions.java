package io.github.vqvae4j.tensor;

import io.github.vqvae4j.config.Records;
import io.github.vqvae4j.config.Require;

/**
 * The stride, padding, dilation, groups and output padding of a convolution.
 *
 * <pre>{@code
 * ConvOptions downsampling = ConvOptions.of(2, 1); // stride 2, padding 1 on each side
 * // Padding of 2 rows above, none below, and 1 column left and right:
 * ConvOptions padded = ConvOptions.of(1, 0).padding(2, 0, 1, 1);
 * // a causal 1-D kernel of size 3 with dilation 4
 * ConvOptions causal = ConvOptions.of(1, 0).dilation(1, 4).padding(0, 0, 8, 0);
 * }</pre>
 *
 * <p>One-dimensional convolutions use the width settings and groups; height settings are ignored.
 *
 * @param height the settings for rows; {@code before} is above, {@code after} is below
 * @param width the settings for columns; {@code before} is left, {@code after} is right
 * @param groups the number of groups, at least 1, that input and output channels are divided into;
 *     each group of output channels depends on one group of input channels
 */
public record ConvOptions(Axis height, Axis width, int groups) {
  /**
   * The settings for one axis.
   *
   * <p>For an input of size n, a kernel of size k and effective kernel size {@code r = dilation *
   * (k - 1) + 1}, the output size of a convolution is {@code (n + before + after - r) / stride +
   * 1}, rounded down. The output size of a transposed convolution is {@code (n - 1) * stride -
   * before - after + r + outputPadding}.
   *
   * @param stride the step of the kernel in pixels, from 1 to 2^24
   * @param before the zero padding at the start, at least 0; a transposed convolution removes as
   *     many pixels from its output
   * @param after the zero padding at the end, defined like {@code before}
   * @param dilation the distance between kernel elements in pixels, from 1 to 2^24
   * @param outputPadding the number of pixels that a transposed convolution adds at the end. It
   *     selects one of the input sizes that a convolution with the same stride maps to the same
   *     output size; at least 0, and less than the larger of stride and dilation
   */
  public record Axis(int stride, int before, int after, int dilation, int outputPadding) {
    /** Far larger than any image; oneDNN's arithmetic overflows near the maximum int. */
    private static final int MAX_STRIDE = 1 << 24;

    /**
     * Validates the settings.
     *
     * @throws IllegalArgumentException if stride or dilation is out of range, or a padding is
     *     negative
     */
    public Axis {
      Require.that(
          stride >= 1 && stride <= MAX_STRIDE, "ConvOptions.stride", "1 to " + MAX_STRIDE, stride);
      Require.that(before >= 0, "ConvOptions.padding", "at least 0", before);
      Require.that(after >= 0, "ConvOptions.padding", "at least 0", after);
      Require.that(
          dilation >= 1 && dilation <= MAX_STRIDE,
          "ConvOptions.dilation",
          "1 to " + MAX_STRIDE,
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

    /** Returns the output size of a convolution for an input size. */
    long size(long size, long kernel) {
      return Math.floorDiv(size + before + after - effectiveKernel(kernel), stride) + 1;
    }

    /** Returns the output size of a transposed convolution for an input size. */
    long transposedSize(long size, long kernel) {
      return (size - 1) * stride - before - after + effectiveKernel(kernel) + outputPadding;
    }

    private long effectiveKernel(long kernel) {
      return dilation * (kernel - 1) + 1;
    }
  }

  /** The height settings for images with one row. */
  private static final Axis ONE_ROW = new Axis(1, 0, 0, 1, 0);

  /**
   * Validates the settings.
   *
   * @throws IllegalArgumentException if groups is less than 1, or an output padding is not less
   *     than the larger of stride and dilation
   */
  public ConvOptions {
    Require.nonNull(Axis.class, "ConvOptions.height", height);
    Require.nonNull(Axis.class, "ConvOptions.width", width);
    Require.that(groups >= 1, "ConvOptions.groups", "at least 1", groups);
    checkOutputPadding("height", height);
    checkOutputPadding("width", width);
  }

  private static void checkOutputPadding(String name, Axis axis) {
    int padding = axis.outputPadding();
    int bound = Math.max(axis.stride(), axis.dilation());
    Require.that(
        padding >= 0 && padding < bound,
        "ConvOptions.outputPadding",
        "at least 0 and less than max(stride, dilation) = " + bound + " along the " + name,
        padding,
        "set the stride first");
  }

  /**
   * Creates options with the same stride and padding in both directions, without dilation, and with
   * one group.
   *
   * @param stride the step of the kernel in pixels
   * @param padding the number of rows and columns of zeros on each side
   * @return the options
   */
  public static ConvOptions of(int stride, int padding) {
    Axis axis = new Axis(stride, padding, padding, 1, 0);
    return new ConvOptions(axis, axis, 1);
  }

  /**
   * Sets the stride.
   *
   * @param forHeight the step of the kernel in rows
   * @param forWidth the step of the kernel in columns
   * @return a copy with the new values
   */
  public ConvOptions stride(int forHeight, int forWidth) {
    return new ConvOptions(height.stride(forHeight), width.stride(forWidth), groups);
  }

  /**
   * Sets symmetric padding.
   *
   * @param forHeight the number of rows of zeros above, and below
   * @param forWidth the number of columns of zeros on the left, and on the right
   * @return a copy with the new values
   */
  public ConvOptions padding(int forHeight, int forWidth) {
    return padding(forHeight, forHeight, forWidth, forWidth);
  }

  /**
   * Sets the padding of each side.
   *
   * @param top the number of rows of zeros above
   * @param bottom the number of rows of zeros below
   * @param left the number of columns of zeros on the left; for sequences, zeros before the first
   *     time step
   * @param right the number of columns of zeros on the right
   * @return a copy with the new values
   */
  public ConvOptions padding(int top, int bottom, int left, int right) {
    return new ConvOptions(height.padding(top, bottom), width.padding(left, right), groups);
  }

  /**
   * Sets the dilation.
   *
   * @param forHeight the distance between rows of the kernel
   * @param forWidth the distance between columns of the kernel
   * @return a copy with the new values
   */
  public ConvOptions dilation(int forHeight, int forWidth) {
    return new ConvOptions(height.dilation(forHeight), width.dilation(forWidth), groups);
  }

  /**
   * Sets the number of groups.
   *
   * @param newGroups the number of groups that the channels are divided into
   * @return a copy with the new value
   */
  public ConvOptions groups(int newGroups) {
    return new ConvOptions(height, width, newGroups);
  }

  /**
   * Sets the output padding of a transposed convolution.
   *
   * @param forHeight the number of rows added below
   * @param forWidth the number of columns added on the right
   * @return a copy with the new values
   */
  public ConvOptions outputPadding(int forHeight, int forWidth) {
    return new ConvOptions(height.outputPadding(forHeight), width.outputPadding(forWidth), groups);
  }

  /**
   * Returns whether only stride and padding are set.
   *
   * @return true if there is no dilation, no output padding, and one group
   */
  public boolean isPlain() {
    return groups == 1 && height.isPlain() && width.isPlain();
  }

  /** Returns the options for images and kernels of one row, with the same width settings. */
  ConvOptions ofOneRow() {
    return new ConvOptions(ONE_ROW, width, groups);
  }
}
