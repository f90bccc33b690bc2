package io.github.vqvae4j.nn;

import io.github.vqvae4j.tensor.ConvOptions;
import io.github.vqvae4j.tensor.Tensor;

/** Maximum over square windows of pixels: [b, h, w, c] to [b, h', w', c]. */
public final class MaxPool extends Layer {
  private final int kernel;
  private final ConvOptions window;

  /**
   * Windows side by side, which divide height and width by their size, rounded down.
   *
   * @param kernel rows and columns of a window, at least 1
   */
  public MaxPool(int kernel) {
    this(kernel, ConvOptions.of(kernel, 0));
  }

  /**
   * Windows that may overlap.
   *
   * @param kernel rows and columns of a window, more than its padding
   * @param window how it moves
   */
  public MaxPool(int kernel, ConvOptions window) {
    this.kernel = kernel;
    this.window = window;
  }

  @Override
  protected Tensor compute(Tensor images) {
    return images.maxPool(kernel, kernel, window);
  }
}
