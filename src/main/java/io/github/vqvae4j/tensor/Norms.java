package io.github.vqvae4j.tensor;

import java.util.Arrays;

/** Normalization of vectors and weights by their L2 norm. */
final class Norms {
  private Norms() {}

  static Tensor l2Normalize(Tensor x, int axis, double epsilon) {
    if (!(epsilon > 0)) {
      throw new IllegalArgumentException(
          "l2Normalize: expected an epsilon greater than 0, got " + epsilon + ".");
    }
    Step.checkNoIntegers("l2Normalize", x);
    int along = Shape.axes("l2Normalize", x.dims(), axis)[0];
    double minNormal = x.dtype() == DType.FLOAT ? Float.MIN_NORMAL : Double.MIN_NORMAL;
    double minSquare = Math.max(epsilon * epsilon, minNormal); // else zeros become NaN
    Tensor squares = x.square().sum(true, along);
    return x.div(squares.maskedFill(squares.lt(minSquare), minSquare).sqrt());
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
