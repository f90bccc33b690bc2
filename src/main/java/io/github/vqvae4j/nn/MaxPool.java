package io.github.vqvae4j.nn;

import io.github.vqvae4j.tensor.ConvOptions;
import io.github.vqvae4j.tensor.Tensor;

/** Max pooling over square windows: [b, h, w, c] to [b, h', w', c]. */
public final class MaxPool extends Layer {
  private final int kernel;
  private final ConvOptions options;

  /**
   * Creates a layer with non-overlapping windows, which divides height and width by the kernel
   * size, rounding down.
   *
   * @param kernel the height and width of a window, at least 1
   */
  public MaxPool(int kernel) {
    this(kernel, ConvOptions.of(kernel, 0));
  }

  /**
   * Creates a layer with the given stride and padding; windows may overlap.
   *
   * @param kernel the height and width of a window, larger than the padding
   * @param options the stride and symmetric padding; dilation, groups and output padding are not
   *     supported
   */
  public MaxPool(int kernel, ConvOptions options) {
    this.kernel = kernel;
    this.options = options;
  }

  @Override
  protected Tensor compute(Tensor images) {
    return images.maxPool(kernel, kernel, options);
  }
}
