package io.github.vqvae4j.nn;

import io.github.vqvae4j.tensor.ConvOptions;
import io.github.vqvae4j.tensor.ConvOptions.Axis;

/**
 * How the padding of a convolution is determined. Below, {@code r = dilation (kernel - 1) + 1} is
 * the effective kernel size.
 */
public enum ConvPadding {
  /** The padding given in {@link ConvConfig#options}. */
  EXPLICIT {
    @Override
    Axis resolve(Axis axis, int kernel, boolean transposed) {
      return axis;
    }
  },

  /**
   * Padding that maps a size of n to n / stride or, for transposed convolutions, to n stride. In
   * total r - stride zeros are added or, for transposed convolutions, pixels removed; if that is
   * odd, the extra one is at the end, as in PyTorch and Keras. For convolutions, n must be
   * divisible by the stride; PyTorch supports only stride 1.
   */
  SAME {
    @Override
    Axis resolve(Axis axis, int kernel, boolean transposed) {
      int before = Math.max(0, overlap(axis, kernel)) / 2;
      return padded(axis, before, Math.max(0, overlap(axis, kernel)) - before, kernel, transposed);
    }
  },

  /**
   * Causal padding for sequences: no output depends on later time steps of the input. A convolution
   * adds r - 1 zeros before the first time step, as in Keras, and maps a length of n to n / stride,
   * rounded up. (EnCodec and Mimi add r - stride zeros instead: {@code padding(0, 0, r - stride,
   * 0)}.) A transposed convolution produces n stride time steps; the last r - stride are removed,
   * as in EnCodec.
   */
  CAUSAL {
    @Override
    Axis resolve(Axis axis, int kernel, boolean transposed) {
      return transposed
          ? padded(axis, 0, Math.max(0, overlap(axis, kernel)), kernel, true)
          : padded(axis, axis.dilation() * (kernel - 1), 0, kernel, false);
    }
  };

  abstract Axis resolve(Axis axis, int kernel, boolean transposed);

  /** Returns the options with this padding made explicit. */
  ConvOptions resolve(ConvOptions options, int kernelHeight, int kernelWidth, boolean transposed) {
    return new ConvOptions(
        resolve(options.height(), kernelHeight, transposed),
        resolve(options.width(), kernelWidth, transposed),
        options.groups());
  }

  /** Returns the overlap of adjacent kernel positions; negative if there is a gap between them. */
  private static int overlap(Axis axis, int kernel) {
    return axis.dilation() * (kernel - 1) + 1 - axis.stride();
  }

  private static Axis padded(Axis axis, int before, int after, int kernel, boolean transposed) {
    int missing = transposed ? Math.max(0, -overlap(axis, kernel)) : 0;
    return new Axis(axis.stride(), before, after, axis.dilation(), missing);
  }
}
