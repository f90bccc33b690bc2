package io.github.vqvae4j.nn;

import io.github.vqvae4j.tensor.ConvOptions;
import io.github.vqvae4j.tensor.Tensor;

/**
 * Average pooling over square windows: [b, h, w, c] to [b, h', w', c]. Padding zeros are included
 * in the average.
 */
public final class AveragePool extends Layer {
  private final int kernel;
  private final ConvOptions options;

  /**
   * Creates a layer with non-overlapping windows, which divides height and width by the kernel
   * size, rounding down.
   *
   * @param kernel the height and width of a window, at least 1
   */
  public AveragePool(int kernel) {
    this(kernel, ConvOptions.of(kernel, 0));
  }

  /**
   * Creates a layer with the given stride and padding; windows may overlap.
   *
   * @param kernel the height and width of a window, larger than the padding
   * @param options the stride and symmetric padding; dilation, groups and output padding are not
   *     supported
   */
  public AveragePool(int kernel, ConvOptions options) {
    this.kernel = kernel;
    this.options = options;
  }

  @Override
  protected Tensor compute(Tensor images) {
    return images.averagePool(kernel, kernel, options);
  }
}
