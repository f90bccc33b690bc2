package io.github.vqvae4j.nn;

import io.github.vqvae4j.tensor.ConvOptions;

/**
 * Which pixels of the input a result may depend on, in raster order (van den Oord et al. 2016,
 * PixelRNN, section 3.4): the weights of all others are multiplied by 0. The result at row i and
 * column j, of stride s, belongs to the input's pixel (i s, j s); the padding above and at the left
 * says where that is in the kernel. So a mask fits a kernel with padding on all sides as well as
 * one whose last row is the pixel's own:
 *
 * <pre>{@code
 * ConvConfig.of(c, c, 7).same().mask(ConvMask.A)                              // PixelCNN
 * ConvConfig.of(c, c, 5).padding(4, 0, 2, 2).mask(ConvMask.A)                 // PixelSNAIL
 * ConvConfig.of(c, c, 7).kernel(4, 7).padding(3, 0, 3, 3).mask(ConvMask.ABOVE) // a vertical stack
 * }</pre>
 */
public enum ConvMask {
  /** All pixels. */
  NONE {
    @Override
    boolean allows(int row, int column) {
      return true;
    }
  },

  /** Pixels before the result's own: for a first layer, whose input is what is predicted. */
  A {
    @Override
    boolean allows(int row, int column) {
      return row < 0 || row == 0 && column < 0;
    }
  },

  /** Pixels before the result's own, and that. */
  B {
    @Override
    boolean allows(int row, int column) {
      return row < 0 || row == 0 && column <= 0;
    }
  },

  /** Rows above the result's own: for the first layer of a vertical stack (gated PixelCNN). */
  ABOVE {
    @Override
    boolean allows(int row, int column) {
      return row < 0;
    }
  };

  /** Whether a pixel so many rows below and columns to the right of a result's own may count. */
  abstract boolean allows(int row, int column);

  /**
   * Returns what the weights of each of the kernel's pixels are multiplied by, row by row.
   *
   * @throws IllegalArgumentException if it is 0 for all
   */
  float[] of(int kernelHeight, int kernelWidth, ConvOptions window) {
    float[] factors = new float[kernelHeight * kernelWidth];
    boolean any = false;
    for (int i = 0; i < factors.length; i++) {
      int row = i / kernelWidth * window.height().dilation() - window.height().before();
      int column = i % kernelWidth * window.width().dilation() - window.width().before();
      factors[i] = allows(row, column) ? 1 : 0;
      any |= allows(row, column);
    }
    if (!any) {
      throw new IllegalArgumentException(
          "ConvMask."
              + name()
              + ": expected a kernel some of whose pixels come before the result's own, got "
              + kernelHeight
              + "x"
              + kernelWidth
              + " with "
              + window
              + ". Pad the images above or at the left, as same() does for kernels of odd sizes.");
    }
    return factors;
  }
}
