package io.github.vqvae4j.tensor;

import java.util.Arrays;

/** Reductions that are put together from others, with gradients that stay finite at the edges. */
final class Statistics {
  private Statistics() {}

  static Tensor variance(String name, Tensor x, int correction, boolean keepDims, int... axes) {
    Step.checkNoIntegers(name, x);
    int[] over = Shape.axes(name, x.dims(), axes);
    long n = x.length() / Shape.size(Shape.without(x.dims(), over));
    if (correction < 0 || n <= correction) {
      throw new IllegalArgumentException(
          name
              + ": expected a correction of at least 0 and more elements than it, got correction "
              + correction
              + " and "
              + n
              + (n == 1 ? " element" : " elements")
              + " over axes "
              + Arrays.toString(over)
              + " of shape "
              + Arrays.toString(x.dims())
              + ".");
    }
    return x.sub(x.mean(true, over)).square().sum(keepDims, over).mul(1.0 / (n - correction));
  }

  /** The root of the variance, of which the gradient is 0 where it is 0. */
  static Tensor deviation(Tensor x, int correction, boolean keepDims, int... axes) {
    Tensor variance = variance("std", x, correction, keepDims, axes);
    Tensor none = variance.eq(0);
    return variance.maskedFill(none, 1).sqrt().maskedFill(none, 0);
  }

  static Tensor logSumExp(Tensor x, boolean keepDims, int... axes) {
    Step.checkNoIntegers("logSumExp", x);
    int[] over = Shape.axes("logSumExp", x.dims(), axes);
    // The largest element, or 0 where that is infinite, so that no infinity is subtracted.
    Tensor largest = x.stopGradient().max(true, over);
    Tensor shift = largest.maskedFill(largest.abs().eq(Double.POSITIVE_INFINITY), 0);
    Tensor sum = x.sub(shift).exp().sum(true, over);
    Tensor none = sum.eq(0);
    Tensor log = sum.maskedFill(none, 1).log().maskedFill(none, Double.NEGATIVE_INFINITY);
    Tensor result = log.add(shift);
    return keepDims ? result : result.reshape(Shape.without(x.dims(), over));
  }

  static Tensor l2Normalize(Tensor x, int axis, double epsilon) {
    if (!(epsilon > 0)) {
      throw new IllegalArgumentException(
          "l2Normalize: expected an epsilon above 0, got " + epsilon + ".");
    }
    Step.checkNoIntegers("l2Normalize", x);
    int along = Shape.axes("l2Normalize", x.dims(), axis)[0];
    double smallest = x.dtype() == DType.FLOAT ? Float.MIN_NORMAL : Double.MIN_NORMAL;
    double least = Math.max(epsilon * epsilon, smallest); // or zeros become NaN
    Tensor squares = x.square().sum(true, along);
    return x.div(squares.maskedFill(squares.lt(least), least).sqrt());
  }

  static Tensor weightNorm(Tensor x, Tensor gain) {
    Step.checkNoIntegers("weightNorm", x, gain);
    x.checkWith("weightNorm", gain);
    long[] expected = {x.size(-1)};
    if (x.rank() < 2 || !Arrays.equals(gain.dims(), expected)) {
      throw new IllegalArgumentException(
          "weightNorm: expected weights [.., out] and a gain "
              + Arrays.toString(expected)
              + ", got "
              + Arrays.toString(x.dims())
              + " and "
              + Arrays.toString(gain.dims())
              + ".");
    }
    int[] axes = new int[x.rank() - 1];
    Arrays.setAll(axes, i -> i);
    return x.mul(gain.div(x.square().sum(axes).sqrt()));
  }
}
