package io.github.vqvae4j.nn;

import io.github.vqvae4j.tensor.ConvOptions;

/**
 * The input pixels an output pixel may depend on, in raster order (van den Oord et al. 2016,
 * PixelRNN, section 3.4). The weights of all other pixels are multiplied by 0. With stride s, the
 * output at row i and column j corresponds to the input pixel (i s, j s). Its position within the
 * kernel follows from the padding at the top and left, so masks work for symmetric padding as well
 * as for kernels whose last row contains the current pixel:
 *
 * <pre>{@code
 * ConvConfig pixelCnn = ConvConfig.of(64, 64, 7).same().mask(ConvMask.A);
 * ConvConfig pixelSnail = ConvConfig.of(64, 64, 5).padding(4, 0, 2, 2).mask(ConvMask.A);
 * ConvConfig verticalStack =
 *     ConvConfig.of(64, 64, 7).kernel(4, 7).padding(3, 0, 3, 3).mask(ConvMask.ABOVE);
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

  /**
   * Pixels before the current one: for the first layer, whose input contains the prediction target.
   */
  A {
    @Override
    boolean allows(int row, int column) {
      return row < 0 || row == 0 && column < 0;
    }
  },

  /** Pixels before the current one, and the current pixel itself. */
  B {
    @Override
    boolean allows(int row, int column) {
      return row < 0 || row == 0 && column <= 0;
    }
  },

  /** Rows above the current one: for the first layer of a vertical stack (gated PixelCNN). */
  ABOVE {
    @Override
    boolean allows(int row, int column) {
      return row < 0;
    }
  };

  /** Returns whether the mask includes the pixel at this offset from the current one. */
  abstract boolean allows(int row, int column);

  /**
   * Returns the factor of each kernel position, 0 or 1, in row-major order.
   *
   * @throws IllegalArgumentException if all are 0
   */
  float[] factors(int kernelHeight, int kernelWidth, ConvOptions options) {
    float[] factors = new float[kernelHeight * kernelWidth];
    boolean any = false;
    for (int i = 0; i < factors.length; i++) {
      int row = i / kernelWidth * options.height().dilation() - options.height().before();
      int column = i % kernelWidth * options.width().dilation() - options.width().before();
      factors[i] = allows(row, column) ? 1 : 0;
      any |= allows(row, column);
    }
    if (!any) {
      throw new IllegalArgumentException(
          "ConvMask."
              + name()
              + ": expected a kernel that covers pixels before the current one, got "
              + kernelHeight
              + "x"
              + kernelWidth
              + " with "
              + options
              + ". Pad the images at the top or left, as same() does for odd kernel sizes.");
    }
    return factors;
  }
}
