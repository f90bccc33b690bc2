package io.github.vqvae4j.nn;

import io.github.vqvae4j.config.Records;
import io.github.vqvae4j.config.Require;
import io.github.vqvae4j.tensor.ConvOptions;

/**
 * The settings of {@link Conv2d}, {@link ConvTranspose2d}, {@link Conv1d} and {@link
 * ConvTranspose1d}. 1-D layers use the width settings; height settings are ignored.
 *
 * <pre>{@code
 * ConvConfig downsampling = ConvConfig.of(3, 64, 4).stride(2).padding(1).relu(true); // Conv2d
 * ConvConfig causal = ConvConfig.of(64, 64, 7).dilation(3).causal().weightNorm(true); // Conv1d
 * }</pre>
 *
 * @param in the number of input channels
 * @param out the number of output channels
 * @param kernelHeight the kernel height
 * @param kernelWidth the kernel width
 * @param options stride, padding, dilation and groups; by default 1, 0, 1 and 1
 * @param padding whether the padding is given by {@code options} or derived from the kernel size;
 *     by default {@link ConvPadding#EXPLICIT}
 * @param bias whether the layer has a bias; by default true
 * @param relu whether the output passes through a ReLU, fused with the convolution; by default
 *     false
 * @param initializer the weight initialization; by default PyTorch's
 * @param weightNorm whether weight normalization is applied; by default false
 * @param mask the input pixels an output may depend on; by default all
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
   * Validates the settings.
   *
   * @throws IllegalArgumentException if a size is less than 1, the groups do not divide the
   *     channels, or explicit padding is combined with {@code SAME} or {@code CAUSAL}
   */
  public ConvConfig {
    Require.that(in >= 1, "ConvConfig.in", "at least 1", in);
    Require.that(out >= 1, "ConvConfig.out", "at least 1", out);
    Require.that(kernelHeight >= 1, "ConvConfig.kernelHeight", "at least 1", kernelHeight);
    Require.that(kernelWidth >= 1, "ConvConfig.kernelWidth", "at least 1", kernelWidth);
    Require.nonNull(ConvOptions.class, "ConvConfig.options", options);
    Require.nonNull(ConvPadding.class, "ConvConfig.padding", padding);
    Require.nonNull(Initializer.class, "ConvConfig.initializer", initializer);
    Require.nonNull(ConvMask.class, "ConvConfig.mask", mask);
    Require.that(
        in % options.groups() == 0 && out % options.groups() == 0,
        "ConvConfig.options",
        "a number of groups that divides " + in + " and " + out + " channels",
        options.groups() + " groups");
    Require.that(
        padding == ConvPadding.EXPLICIT || options.equals(unpadded(options)),
        "ConvConfig.options",
        "no explicit padding or output padding with " + padding,
        options);
  }

  private static ConvOptions unpadded(ConvOptions options) {
    return options.padding(0, 0).outputPadding(0, 0);
  }

  /**
   * Creates the default settings with a square kernel.
   *
   * @param in the number of input channels
   * @param out the number of output channels
   * @param kernel the kernel height and width
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
   * Sets the kernel size.
   *
   * @param height the kernel height
   * @param width the kernel width
   * @return a copy with the new values
   */
  public ConvConfig kernel(int height, int width) {
    return Records.with(this, "kernelHeight", height, "kernelWidth", width);
  }

  /**
   * Sets the stride.
   *
   * @param stride the stride along both axes
   * @return a copy with the new value
   */
  public ConvConfig stride(int stride) {
    return Records.with(this, "options", options.stride(stride, stride));
  }

  /**
   * Sets the padding.
   *
   * @param padding the number of zeros added on each side
   * @return a copy with the new value
   * @throws IllegalArgumentException if {@link #same} or {@link #causal} was set
   */
  public ConvConfig padding(int padding) {
    return options(options.padding(padding, padding));
  }

  /**
   * Sets the padding of each side.
   *
   * @param top the number of rows of zeros above
   * @param bottom the number of rows of zeros below
   * @param left the number of columns of zeros on the left; for sequences, before the first time
   *     step
   * @param right the number of columns of zeros on the right; for sequences, after the last time
   *     step
   * @return a copy with the new values
   * @throws IllegalArgumentException if {@link #same} or {@link #causal} was set
   */
  public ConvConfig padding(int top, int bottom, int left, int right) {
    return options(options.padding(top, bottom, left, right));
  }

  /**
   * Pads so that only the stride changes the size ({@link ConvPadding#SAME}), regardless of the
   * kernel, stride and dilation, even if they are set later.
   *
   * @return a copy with the new value
   * @throws IllegalArgumentException if an explicit padding was set
   */
  public ConvConfig same() {
    return Records.with(this, "padding", ConvPadding.SAME);
  }

  /**
   * Pads so that no output depends on later time steps ({@link ConvPadding#CAUSAL}), regardless of
   * the kernel, stride and dilation, even if they are set later. Only for {@link Conv1d} and {@link
   * ConvTranspose1d}; for images use {@link #mask}.
   *
   * @return a copy with the new value
   * @throws IllegalArgumentException if an explicit padding was set
   */
  public ConvConfig causal() {
    return Records.with(this, "padding", ConvPadding.CAUSAL);
  }

  /**
   * Sets the dilation.
   *
   * @param dilation the distance between kernel elements along both axes
   * @return a copy with the new value
   */
  public ConvConfig dilation(int dilation) {
    return Records.with(this, "options", options.dilation(dilation, dilation));
  }

  /**
   * Sets the number of groups. With as many groups as channels, the convolution is depthwise.
   *
   * @param groups the number of channel groups; each output group is computed from one input group
   * @return a copy with the new value
   * @throws IllegalArgumentException if it does not divide the input and output channels
   */
  public ConvConfig groups(int groups) {
    return Records.with(this, "options", options.groups(groups));
  }

  /**
   * Sets the output padding of a transposed convolution: the number of rows and columns added at
   * the bottom and right of the output. Set the stride first.
   *
   * @param outputPadding the number of rows and columns, at least 0 and less than the larger of
   *     stride and dilation
   * @return a copy with the new value
   */
  public ConvConfig outputPadding(int outputPadding) {
    return Records.with(this, "options", options.outputPadding(outputPadding, outputPadding));
  }

  /**
   * Sets stride, padding, dilation and groups for each axis.
   *
   * @param newOptions the new options
   * @return a copy with the new value
   */
  public ConvConfig options(ConvOptions newOptions) {
    return Records.with(this, "options", newOptions);
  }

  /**
   * Sets whether the layer has a bias.
   *
   * @param withBias whether the layer has a bias
   * @return a copy with the new value
   */
  public ConvConfig bias(boolean withBias) {
    return Records.with(this, "bias", withBias);
  }

  /**
   * Sets whether the output passes through a ReLU.
   *
   * @param withRelu whether to apply a ReLU
   * @return a copy with the new value
   */
  public ConvConfig relu(boolean withRelu) {
    return Records.with(this, "relu", withRelu);
  }

  /**
   * Sets the weight initialization.
   *
   * @param newInitializer the new initialization
   * @return a copy with the new value
   */
  public ConvConfig initializer(Initializer newInitializer) {
    return Records.with(this, "initializer", newInitializer);
  }

  /**
   * Sets whether to apply weight normalization (Salimans and Kingma 2016): {@code weight = weight_g
   * weight_v / ||weight_v||}, with norms over all axes but the last. This corresponds to PyTorch's
   * {@code weight_norm} with the default dim 0 and uses the same parameter names, as in the
   * checkpoints of EnCodec and DAC. For a transposed convolution, the last axis is the input
   * channels, as is dim 0 in PyTorch. A mask is applied before the norm is computed.
   *
   * @param normalized whether to apply weight normalization
   * @return a copy with the new value
   */
  public ConvConfig weightNorm(boolean normalized) {
    return Records.with(this, "weightNorm", normalized);
  }

  /**
   * Sets the input pixels an output may depend on. Not supported by transposed convolutions.
   *
   * @param newMask the new mask
   * @return a copy with the new value
   */
  public ConvConfig mask(ConvMask newMask) {
    return Records.with(this, "mask", newMask);
  }
}
