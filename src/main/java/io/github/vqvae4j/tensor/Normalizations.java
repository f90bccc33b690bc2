package io.github.vqvae4j.tensor;

import java.util.Arrays;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Normalizations by means and variances that are computed, of x with weight and bias or of x alone.
 * All are one kernel: rows are images of one pixel and one group, and over a batch each channel is
 * a group of one image.
 */
final class Normalizations {
  private Normalizations() {}

  /** Over the last axis. */
  record Layer(double epsilon) implements Kind {
    @Override
    public String name() {
      return "layerNorm";
    }

    @Override
    public Value of(Tensor... inputs) {
      Tensor x = inputs[0];
      return normalize(name(), x.length() / x.size(-1), 1, epsilon, inputs);
    }
  }

  /** Over the pixels of an image and a group of channels. */
  record Group(int groups, double epsilon) implements Kind {
    @Override
    public String name() {
      return "groupNorm";
    }

    @Override
    public Value of(Tensor... inputs) {
      Tensor x = inputs[0];
      if (x.rank() < 2 || groups < 1 || x.size(-1) % groups != 0) {
        throw new IllegalArgumentException(
            "groupNorm: expected images [batch, .., channels] and a number of groups that divides"
                + " the channels, got shape "
                + Arrays.toString(x.dims())
                + " and "
                + groups
                + " groups.");
      }
      return normalize(name(), x.size(0), groups, epsilon, inputs);
    }
  }

  /** Over all pixels of a batch; the means and variances of the channels are results too. */
  record Batch(double epsilon) implements Kind {
    @Override
    public String name() {
      return "batchNorm";
    }

    @Override
    public Value of(Tensor... inputs) {
      return normalize(name(), 1, inputs[0].size(-1), epsilon, inputs);
    }
  }

  /** The normalized x, and its means and variances [images groups]. */
  private static Value normalize(
      String name, long images, long groups, double epsilon, Tensor... inputs) {
    Tensor x = inputs[0];
    Tensor weight = inputs.length > 1 ? inputs[1] : null;
    Tensor bias = inputs.length > 1 ? inputs[2] : null;
    long channels = x.size(-1);
    check(name, epsilon, inputs);
    long[] layout = {images, x.length() / images / channels, channels};
    INDArray xs = x.view(x.array(), layout);
    INDArray ws = weight == null ? null : weight.array();
    INDArray bs = bias == null ? null : bias.array();
    INDArray mean = x.allocate(images, groups);
    INDArray variance = x.allocate(images, groups);
    INDArray y = x.allocate(layout);
    x.kernels().normalize(xs, ws, bs, epsilon, mean, variance, y);
    return Value.of(
            x.view(y, x.dims()),
            x.dtype(),
            (dy, back) -> {
              INDArray dx = back.wants(x) ? x.allocate(layout) : null;
              INDArray dWeight = weight == null ? null : back.arrayFor(weight);
              INDArray dBias = bias == null ? null : back.arrayFor(bias);
              INDArray dys = x.view(dy.array(), layout);
              x.kernels()
                  .normalizeGradients(xs, ws, epsilon, mean, variance, dys, dx, dWeight, dBias);
              back.give(x, dx);
              if (weight != null) {
                back.give(weight, dWeight);
                back.give(bias, dBias);
              }
            })
        .with(moments(x, mean), moments(x, variance));
  }

  private static Value.Constant moments(Tensor x, INDArray moments) {
    return new Value.Constant(x.view(moments, moments.length()), x.dtype());
  }

  private static void check(String name, double epsilon, Tensor... inputs) {
    Tensor x = inputs[0];
    long[] expected = {x.size(-1)};
    boolean holds = epsilon > 0;
    for (int i = 1; i < inputs.length; i++) {
      x.checkWith(name, inputs[i]);
      holds &= Arrays.equals(inputs[i].dims(), expected);
    }
    if (!holds) {
      throw new IllegalArgumentException(
          name
              + ": expected weight and bias "
              + Arrays.toString(expected)
              + ", or neither, and an epsilon above 0, got "
              + (inputs.length == 1
                  ? "neither"
                  : Arrays.toString(inputs[1].dims()) + ", " + Arrays.toString(inputs[2].dims()))
              + " and "
              + epsilon
              + " for shape "
              + Arrays.toString(x.dims())
              + ".");
    }
  }
}
