package io.github.vqvae4j.nn;

import io.github.vqvae4j.tensor.Window;

/**
 * The settings of {@link Conv2d} and {@link ConvTranspose2d}.
 *
 * <pre>{@code
 * ConvConfig.of(3, 64, 4).stride(2).padding(1).relu(true)
 * }</pre>
 *
 * @param in channels of the images
 * @param out channels of the result
 * @param kernelHeight rows of the kernel
 * @param kernelWidth columns of the kernel
 * @param window stride and padding; by default 1 and 0
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
   * @throws IllegalArgumentException if a number is below 1
   */
  public ConvConfig {
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
    return window(new Window(stride, stride, window.paddingHeight(), window.paddingWidth()));
  }

  /**
   * Sets the padding.
   *
   * @param padding rows and columns of zeros on each side
   * @return these settings with it
   */
  public ConvConfig padding(int padding) {
    return window(new Window(window.strideHeight(), window.strideWidth(), padding, padding));
  }

  /**
   * Sets stride and padding by axis.
   *
   * @param newWindow stride and padding
   * @return these settings with it
   */
  public ConvConfig window(Window newWindow) {
    return new ConvConfig(in, out, kernelHeight, kernelWidth, newWindow, bias, relu, initializer);
  }

  /**
   * Sets whether a bias is added.
   *
   * @param withBias whether
   * @return these settings with it
   */
  public ConvConfig bias(boolean withBias) {
    return new ConvConfig(in, out, kernelHeight, kernelWidth, window, withBias, relu, initializer);
  }

  /**
   * Sets whether a rectified linear unit follows.
   *
   * @param withRelu whether
   * @return these settings with it
   */
  public ConvConfig relu(boolean withRelu) {
    return new ConvConfig(in, out, kernelHeight, kernelWidth, window, bias, withRelu, initializer);
  }

  /**
   * Sets how the weights start.
   *
   * @param newInitializer how
   * @return these settings with it
   */
  public ConvConfig initializer(Initializer newInitializer) {
    return new ConvConfig(in, out, kernelHeight, kernelWidth, window, bias, relu, newInitializer);
  }

  long kernelSize() {
    return (long) kernelHeight * kernelWidth;
  }
}
