package io.github.vqvae4j.tensor;

import io.github.vqvae4j.tensor.internal.FusedConvolution;
import io.github.vqvae4j.tensor.internal.FusedConvolution.Form;
import java.util.Arrays;

/**
 * One- and two-dimensional convolutions, and their transposes. One-dimensional convolutions are
 * computed as convolutions of images with one row, which have the same memory layout.
 */
final class Convolutions {
  private Convolutions() {}

  /** Implements {@link FusedConvolution#of}. */
  static Tensor of(
      Form form,
      Tensor x,
      Tensor weight,
      Tensor bias,
      Tensor residual,
      boolean relu,
      ConvOptions options) {
    return switch (form) {
      case CONV_1D -> of1d("conv1d", false, x, weight, bias, residual, relu, options);
      case CONV_2D -> of2d("conv2d", false, x, weight, bias, residual, relu, options);
      case CONV_TRANSPOSE_1D ->
          of1d("convTranspose1d", true, x, weight, bias, residual, relu, options);
      case CONV_TRANSPOSE_2D ->
          of2d("convTranspose2d", true, x, weight, bias, residual, relu, options);
    };
  }

  private static Tensor of2d(
      String name,
      boolean transposed,
      Tensor x,
      Tensor weight,
      Tensor bias,
      Tensor residual,
      boolean relu,
      ConvOptions options) {
    OperationKind kind = new Convolution2d(name, transposed, relu, options);
    return x.step().apply(kind, x, weight, bias, residual);
  }

  private static Tensor of1d(
      String name,
      boolean transposed,
      Tensor x,
      Tensor weight,
      Tensor bias,
      Tensor residual,
      boolean relu,
      ConvOptions options) {
    checkSequence(name, x, weight, residual, options, transposed);
    return sequence(
        of2d(
            name,
            transposed,
            image(x),
            kernel(weight),
            bias,
            image(residual),
            relu,
            options.ofOneRow()));
  }

  /** Returns a sequence as an image with one row; null for null. */
  private static Tensor image(Tensor x) {
    return x == null ? null : x.reshape(x.size(0), 1, x.size(1), x.size(2));
  }

  private static Tensor kernel(Tensor weight) {
    return weight.reshape(1, weight.size(0), weight.size(1), weight.size(2));
  }

  private static Tensor sequence(Tensor image) {
    return image.reshape(image.size(0), image.size(2), image.size(3));
  }

  private static void checkSequence(
      String name,
      Tensor x,
      Tensor weight,
      Tensor residual,
      ConvOptions options,
      boolean transposed) {
    int groups = options.groups();
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
              + " and optionally a residual [batch, time, out], with in and out divisible by groups,"
              + " got "
              + Arrays.toString(x.dims())
              + ", "
              + Arrays.toString(weight.dims())
              + (residual == null ? "" : ", " + Arrays.toString(residual.dims()))
              + " with groups "
              + groups
              + ".");
    }
  }
}
