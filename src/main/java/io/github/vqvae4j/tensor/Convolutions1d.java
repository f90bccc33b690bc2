package io.github.vqvae4j.tensor;

import java.util.Arrays;

/** One-dimensional convolutions: those of images one row high, which lie in memory the same way. */
final class Convolutions1d {
  private Convolutions1d() {}

  static Tensor conv1d(
      Tensor x, Tensor weight, Tensor bias, Tensor residual, boolean relu, Window window) {
    String name = "conv1d";
    check(name, x, weight, residual, window, false);
    Window ofOneRow = window.ofOneRow();
    return sequence(
        Convolutions.conv2d(name, image(x), kernel(weight), bias, image(residual), relu, ofOneRow));
  }

  static Tensor convTranspose1d(
      Tensor x, Tensor weight, Tensor bias, Tensor residual, boolean relu, Window window) {
    String name = "convTranspose1d";
    check(name, x, weight, residual, window, true);
    Window ofOneRow = window.ofOneRow();
    return sequence(
        Convolutions.convTranspose2d(
            name, image(x), kernel(weight), bias, image(residual), relu, ofOneRow));
  }

  /** One row high; null if there is none. */
  private static Tensor image(Tensor x) {
    return x == null ? null : x.reshape(x.size(0), 1, x.size(1), x.size(2));
  }

  private static Tensor kernel(Tensor weight) {
    return weight.reshape(1, weight.size(0), weight.size(1), weight.size(2));
  }

  private static Tensor sequence(Tensor image) {
    return image.reshape(image.size(0), image.size(2), image.size(3));
  }

  private static void check(
      String name, Tensor x, Tensor weight, Tensor residual, Window window, boolean transposed) {
    int groups = window.groups();
    boolean fits =
        x.rank() == 3
            && weight.rank() == 3
            && (residual == null || residual.rank() == 3)
            && weight.size(2) % groups == 0
            && x.size(2) == (transposed ? weight.size(2) : weight.size(1) * groups);
    if (!fits) {
      throw new IllegalArgumentException(
          name
              + ": expected a sequence [batch, time, in], weights "
              + (transposed ? "[kernel, out / groups, in]" : "[kernel, in / groups, out]")
              + " and, if any, a residual [batch, time, out], in and out divisible by the groups,"
              + " got "
              + Arrays.toString(x.dims())
              + ", "
              + Arrays.toString(weight.dims())
              + (residual == null ? "" : ", " + Arrays.toString(residual.dims()))
              + " and groups "
              + groups
              + ".");
    }
  }
}
