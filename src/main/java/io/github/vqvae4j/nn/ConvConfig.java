package io.github.vqvae4j.nn;

import io.github.vqvae4j.config.Records;
import io.github.vqvae4j.config.Require;
import io.github.vqvae4j.tensor.ConvOptions;

/**
 * The settings of {@link Conv2d} and {@link ConvTranspose2d}, and of {@link Conv1d} and {@link
 * ConvTranspose1d}, where time takes the place of the columns and nothing that of the rows.
 *
 * <pre>{@code
 * ConvConfig.of(3, 64, 4).stride(2).padding(1).relu(true)
 * ConvConfig.of(64, 64, 7).dilation(3).causal().weightNorm(true)   // of Conv1d
 * }</pre>
 *
 * @param in channels of the images
 * @param out channels of the result
 * @param kernelHeight rows of the kernel
 * @param kernelWidth columns of the kernel
 * @param options stride, padding, dilation and groups; by default 1, 0, 1 and 1
 * @param padding whether the options says how many zeros there are, or it follows from the kernel;
 *     by default the options
 * @param bias whether a bias is added; by default true
 * @param relu whether a rectified linear unit follows, in the same pass; by default false
 * @param initializer how the weights start; by default as in PyTorch
 * @param weightNorm whether the weights' norms are parameters of their own; by default false
 * @param mask which pixels a result may depend on; by default all
 */
public record ConvConfig(
    int in,
    int out,
    int kernelHeight,
    int kernelWidth,
    ConvOptions options,
    ConvPadding padding,
    boolean bias,
    boolean relu,
    Initializer initializer,
    boolean weightNorm,
    ConvMask mask) {
  /**
   * Checks the settings.
   *
   * @throws IllegalArgumentException if a number is below 1, the groups do not divide the channels,
   *     or padding is given twice
   */
  public ConvConfig {
    Require.that(in >= 1, "ConvConfig.in", "at least 1", in);
    Require.that(out >= 1, "ConvConfig.out", "at least 1", out);
    Require.that(kernelHeight >= 1, "ConvConfig.kernelHeight", "at least 1", kernelHeight);
    Require.that(kernelWidth >= 1, "ConvConfig.kernelWidth", "at least 1", kernelWidth);
    Require.present(ConvOptions.class, "ConvConfig.options", options);
    Require.present(ConvPadding.class, "ConvConfig.padding", padding);
    Require.present(Initializer.class, "ConvConfig.initializer", initializer);
    Require.present(ConvMask.class, "ConvConfig.mask", mask);
    Require.that(
        in % options.groups() == 0 && out % options.groups() == 0,
        "ConvConfig.options",
        "groups that divide " + in + " and " + out + " channels",
        options.groups() + " groups");
    Require.that(
        padding == ConvPadding.EXPLICIT || options.equals(unpadded(options)),
        "ConvConfig.options",
        "no padding and no output padding beside " + padding + ", which says how much there is",
        options);
  }

  private static ConvOptions unpadded(ConvOptions options) {
    return options.padding(0, 0).outputPadding(0, 0);
  }

  /**
   * A square kernel with the defaults.
   *
   * @param in channels of the images
   * @param out channels of the result
   * @param kernel rows and columns of the kernel
   * @return the settings
   */
  public static ConvConfig of(int in, int out, int kernel) {
    return new ConvConfig(
        in,
        out,
        kernel,
        kernel,
        ConvOptions.of(1, 0),
        ConvPadding.EXPLICIT,
        true,
        false,
        Initializer.TORCH,
        false,
        ConvMask.NONE);
  }

  /**
   * Sets the kernel's size along each axis.
   *
   * @param height rows of the kernel
   * @param width columns of the kernel
   * @return these settings with it
   */
  public ConvConfig kernel(int height, int width) {
    return Records.with(this, "kernelHeight", height, "kernelWidth", width);
  }

  /**
   * Sets the stride.
   *
   * @param stride rows and columns the kernel moves by
   * @return these settings with it
   */
  public ConvConfig stride(int stride) {
    return Records.with(this, "options", options.stride(stride, stride));
  }

  /**
   * Sets the padding.
   *
   * @param padding rows and columns of zeros on each side
   * @return these settings with it
   * @throws IllegalArgumentException beside {@link #same} or {@link #causal}
   */
  public ConvConfig padding(int padding) {
    return options(options.padding(padding, padding));
  }

  /**
   * Sets the padding of each side.
   *
   * @param top rows of zeros above
   * @param bottom rows of zeros below
   * @param left columns of zeros at the left; of sequences, zeros before the first step
   * @param right columns of zeros at the right
   * @return these settings with it
   * @throws IllegalArgumentException beside {@link #same} or {@link #causal}
   */
  public ConvConfig padding(int top, int bottom, int left, int right) {
    return options(options.padding(top, bottom, left, right));
  }

  /**
   * Has the padding keep sizes but for the stride: {@link ConvPadding#SAME}, whatever kernel,
   * stride and dilation are or become.
   *
   * @return these settings with it
   * @throws IllegalArgumentException beside a padding that was set in numbers
   */
  public ConvConfig same() {
    return Records.with(this, "padding", ConvPadding.SAME);
  }

  /**
   * Has no result depend on later steps of a sequence: {@link ConvPadding#CAUSAL}, whatever kernel,
   * stride and dilation are or become. For {@link Conv1d} and {@link ConvTranspose1d}; of images
   * say what may be seen by {@link #mask}.
   *
   * @return these settings with it
   * @throws IllegalArgumentException beside a padding that was set in numbers
   */
  public ConvConfig causal() {
    return Records.with(this, "padding", ConvPadding.CAUSAL);
  }

  /**
   * Sets the dilation.
   *
   * @param dilation rows and columns from one of the kernel to the next
   * @return these settings with it
   */
  public ConvConfig dilation(int dilation) {
    return Records.with(this, "options", options.dilation(dilation, dilation));
  }

  /**
   * Sets the groups: as many as there are channels make a convolution depthwise.
   *
   * @param groups into how many parts the channels fall; each part of the result sees one of the
   *     images
   * @return these settings with it
   * @throws IllegalArgumentException if it does not divide both numbers of channels
   */
  public ConvConfig groups(int groups) {
    return Records.with(this, "options", options.groups(groups));
  }

  /**
   * Sets what a transposed convolution adds below and at the right; set the stride first.
   *
   * @param outputPadding rows and columns, fewer than stride or dilation
   * @return these settings with it
   */
  public ConvConfig outputPadding(int outputPadding) {
    return Records.with(this, "options", options.outputPadding(outputPadding, outputPadding));
  }

  /**
   * Sets stride, padding, dilation and groups, by axis.
   *
   * @param newOptions all of them
   * @return these settings with it
   */
  public ConvConfig options(ConvOptions newOptions) {
    return Records.with(this, "options", newOptions);
  }

  /**
   * Sets whether a bias is added.
   *
   * @param withBias whether
   * @return these settings with it
   */
  public ConvConfig bias(boolean withBias) {
    return Records.with(this, "bias", withBias);
  }

  /**
   * Sets whether a rectified linear unit follows.
   *
   * @param withRelu whether
   * @return these settings with it
   */
  public ConvConfig relu(boolean withRelu) {
    return Records.with(this, "relu", withRelu);
  }

  /**
   * Sets how the weights start.
   *
   * @param newInitializer how
   * @return these settings with it
   */
  public ConvConfig initializer(Initializer newInitializer) {
    return Records.with(this, "initializer", newInitializer);
  }

  /**
   * Sets whether the weights are normalized (Salimans and Kingma 2016): {@code weight_g weight_v /
   * ||weight_v||}, with norms over all axes but the last. These are PyTorch's {@code weight_norm}
   * with its default dim 0, and its parameters' names, as in the checkpoints of EnCodec and DAC;
   * for a transposed convolution that axis is the input's channels. A mask comes before the norm.
   *
   * @param normalized whether
   * @return these settings with it
   */
  public ConvConfig weightNorm(boolean normalized) {
    return Records.with(this, "weightNorm", normalized);
  }

  /**
   * Sets which pixels a result may depend on; not for transposed convolutions.
   *
   * @param newMask which
   * @return these settings with it
   */
  public ConvConfig mask(ConvMask newMask) {
    return Records.with(this, "mask", newMask);
  }
}
