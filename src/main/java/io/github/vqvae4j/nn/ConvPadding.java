package io.github.vqvae4j.nn;

import io.github.vqvae4j.tensor.ConvOptions;
import io.github.vqvae4j.tensor.ConvOptions.Axis;

/**
 * Where a convolution's padding comes from. With {@code r = dilation (kernel - 1) + 1}, the pixels
 * that the kernel reaches over:
 */
public enum ConvPadding {
  /** As many zeros as the window says. */
  EXPLICIT {
    @Override
    Axis of(Axis axis, int kernel, boolean transposed) {
      return axis;
    }
  },

  /**
   * As many as make a size of n into n / stride or, transposed, n stride: r - stride, of which an
   * odd one goes after the pixels, as in PyTorch and Keras. PyTorch has it for stride 1 only; with
   * other strides n must be divisible by it.
   */
  SAME {
    @Override
    Axis of(Axis axis, int kernel, boolean transposed) {
      int before = Math.max(0, overlap(axis, kernel)) / 2;
      return padded(axis, before, Math.max(0, overlap(axis, kernel)) - before, kernel, transposed);
    }
  },

  /**
   * Of sequences: no result depends on later steps of the input. A convolution has r - 1 zeros
   * before the first step, as in Keras, and makes a length of n into n / stride, rounded up
   * (EnCodec and Mimi have r - stride zeros there: {@code padding(0, 0, r - stride, 0)}); a
   * transposed one gives n stride steps, without the last r - stride that EnCodec cuts off too.
   */
  CAUSAL {
    @Override
    Axis of(Axis axis, int kernel, boolean transposed) {
      return transposed
          ? padded(axis, 0, Math.max(0, overlap(axis, kernel)), kernel, true)
          : padded(axis, axis.dilation() * (kernel - 1), 0, kernel, false);
    }
  };

  abstract Axis of(Axis axis, int kernel, boolean transposed);

  /** The window of a convolution with this padding. */
  ConvOptions of(ConvOptions window, int kernelHeight, int kernelWidth, boolean transposed) {
    return new ConvOptions(
        of(window.height(), kernelHeight, transposed),
        of(window.width(), kernelWidth, transposed),
        window.groups());
  }

  /** How far the kernel reaches beyond its next place; below 0 if it leaves pixels out. */
  private static int overlap(Axis axis, int kernel) {
    return axis.dilation() * (kernel - 1) + 1 - axis.stride();
  }

  private static Axis padded(Axis axis, int before, int after, int kernel, boolean transposed) {
    int missing = transposed ? Math.max(0, -overlap(axis, kernel)) : 0;
    return new Axis(axis.stride(), before, after, axis.dilation(), missing);
  }
}
