package io.github.vqvae4j.nn;

import io.github.vqvae4j.config.Records;
import io.github.vqvae4j.tensor.Window;
import java.util.Objects;

/**
 * The settings of {@link Conv2d} and {@link ConvTranspose2d}, and of {@link Conv1d} and {@link
 * ConvTranspose1d}, where time takes the place of the columns and nothing that of the rows.
 *
 * <pre>{@code
 * ConvConfig.of(3, 64, 4).stride(2).padding(1).relu(true)
 * }</pre>
 *
 * @param in channels of the images
 * @param out channels of the result
 * @param kernelHeight rows of the kernel
 * @param kernelWidth columns of the kernel
 * @param window stride, padding, dilation and groups; by default 1, 0, 1 and 1
 * @param bias whether a bias is added; by default true
 * @param relu whether a rectified linear unit follows, in the same pass; by default false
 * @param initializer how the weights start; by default as in PyTorch
 */
public record ConvConfig(
    int in,
    int out,
    int kernelHeight,
    int kernelWidth,
    Window window,
    boolean bias,
    boolean relu,
    Initializer initializer) {
  /**
   * Checks the settings.
   *
   * @throws IllegalArgumentException if a number is below 1, or the groups do not divide the
   *     channels
   */
  public ConvConfig {
    Objects.requireNonNull(window, "window");
    Objects.requireNonNull(initializer, "initializer");
    if (in < 1 || out < 1 || kernelHeight < 1 || kernelWidth < 1) {
      throw new IllegalArgumentException(
          "ConvConfig: expected channels and kernel of at least 1, got in "
              + in
              + ", out "
              + out
              + ", kernel "
              + kernelHeight
              + "x"
              + kernelWidth
              + ".");
    }
    if (in % window.groups() != 0 || out % window.groups() != 0) {
      throw new IllegalArgumentException(
          "ConvConfig: expected groups that divide both numbers of channels, got "
              + window.groups()
              + " groups, in "
              + in
              + " and out "
              + out
              + ".");
    }
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
    return new ConvConfig(in, out, kernel, kernel, Window.of(1, 0), true, false, Initializer.TORCH);
  }

  /**
   * Sets the stride.
   *
   * @param stride rows and columns the kernel moves by
   * @return these settings with it
   */
  public ConvConfig stride(int stride) {
    return window(window.stride(stride, stride));
  }

  /**
   * Sets the padding.
   *
   * @param padding rows and columns of zeros on each side
   * @return these settings with it
   */
  public ConvConfig padding(int padding) {
    return window(window.padding(padding, padding));
  }

  /**
   * Sets the dilation.
   *
   * @param dilation rows and columns from one of the kernel to the next
   * @return these settings with it
   */
  public ConvConfig dilation(int dilation) {
    return window(window.dilation(dilation, dilation));
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
    return window(window.groups(groups));
  }

  /**
   * Sets what a transposed convolution adds below and at the right; set the stride first.
   *
   * @param outputPadding rows and columns, fewer than stride or dilation
   * @return these settings with it
   */
  public ConvConfig outputPadding(int outputPadding) {
    return window(window.outputPadding(outputPadding, outputPadding));
  }

  /**
   * Sets stride, padding, dilation and groups, by axis.
   *
   * @param newWindow all of them
   * @return these settings with it
   */
  public ConvConfig window(Window newWindow) {
    return Records.with(this, "window", newWindow);
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
}
