package io.github.vqvae4j.tensor;

import java.util.Arrays;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Normalizations by means and variances that are computed. All are one kernel: rows are images of
 * one pixel and one group, and over a batch each channel is a group of one image.
 */
final class Normalizations {
  private Normalizations() {}

  static Tensor layer(Tensor x, Tensor weight, Tensor bias, double epsilon) {
    long size = x.size(-1);
    return normalize("layerNorm", x, x.length() / size, 1, weight, bias, epsilon).output();
  }

  static Tensor group(Tensor x, int groups, Tensor weight, Tensor bias, double epsilon) {
    if (x.rank() < 2 || groups < 1 || x.size(-1) % groups != 0) {
      throw new IllegalArgumentException(
          "groupNorm: expected images [batch, .., channels] and a number of groups that divides the"
              + " channels, got shape "
              + Arrays.toString(x.dims())
              + " and "
              + groups
              + " groups.");
    }
    return normalize("groupNorm", x, x.size(0), groups, weight, bias, epsilon).output();
  }

  static Normalized batch(Tensor x, Tensor weight, Tensor bias, double epsilon) {
    return normalize("batchNorm", x, 1, x.size(-1), weight, bias, epsilon);
  }

  private static Normalized normalize(
      String name, Tensor x, long images, long groups, Tensor weight, Tensor bias, double epsilon) {
    long channels = x.size(-1);
    check(name, x, weight, bias, epsilon);
    long[] layout = {images, x.length() / images / channels, channels};
    INDArray xs = x.view(x.array(), layout);
    INDArray ws = weight.array();
    INDArray mean = x.allocate(images, groups);
    INDArray variance = x.allocate(images, groups);
    INDArray y = x.allocate(layout);
    x.kernels().normalize(xs, ws, bias.array(), epsilon, mean, variance, y);
    Tensor output =
        x.step()
            .result(
                x.view(y, x.dims()),
                x.dtype(),
                result -> {
                  INDArray dy = x.view(result.incoming(), layout);
                  INDArray dx = gradientFor(x, layout);
                  INDArray dWeight = gradientFor(weight, channels);
                  INDArray dBias = gradientFor(bias, channels);
                  x.kernels()
                      .normalizeGradients(xs, ws, epsilon, mean, variance, dy, dx, dWeight, dBias);
                  give(x, dx);
                  give(weight, dWeight);
                  give(bias, dBias);
                },
                x,
                weight,
                bias);
    return new Normalized(output, constant(x, mean), constant(x, variance));
  }

  private static void check(String name, Tensor x, Tensor weight, Tensor bias, double epsilon) {
    x.checkWith(name, weight);
    x.checkWith(name, bias);
    long[] expected = {x.size(-1)};
    if (!Arrays.equals(weight.dims(), expected)
        || !Arrays.equals(bias.dims(), expected)
        || !(epsilon > 0)) {
      throw new IllegalArgumentException(
          name
              + ": expected weight and bias "
              + Arrays.toString(expected)
              + " and an epsilon above 0, got "
              + Arrays.toString(weight.dims())
              + ", "
              + Arrays.toString(bias.dims())
              + " and "
              + epsilon
              + " for shape "
              + Arrays.toString(x.dims())
              + ".");
    }
  }

  private static INDArray gradientFor(Tensor input, long... shape) {
    return input.isTracked() ? input.allocate(shape) : null;
  }

  private static void give(Tensor input, INDArray gradient) {
    if (gradient != null) {
      input.give(input.view(gradient, input.dims()));
    }
  }

  private static Tensor constant(Tensor like, INDArray moments) {
    return like.step().constant(like.view(moments, moments.length()), like.dtype());
  }
}
