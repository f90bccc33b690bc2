package io.github.vqvae4j.tensor;

import io.github.vqvae4j.parallel.Communicator;
import io.github.vqvae4j.tensor.internal.HeapCopy;
import java.util.Arrays;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Normalization by the mean and variance of the input, with or without weight and bias. All kinds
 * share one kernel, which normalizes each image over its pixels and a group of channels. For layer
 * normalization, a row is an image with one pixel and one group. For batch normalization, the batch
 * is one image, and each channel is a group.
 */
final class Normalizations {
  private Normalizations() {}

  /** Layer normalization: over the last axis. */
  record Layer(double epsilon) implements OperationKind {
    @Override
    public String name() {
      return "layerNorm";
    }

    @Override
    public ForwardResult forward(Tensor... inputs) {
      Tensor x = inputs[0];
      return normalize(name(), x.length() / x.size(-1), 1, epsilon, Communicator.single(), inputs);
    }
  }

  /** Group normalization: over the pixels of an image and a group of channels. */
  record Group(int groups, double epsilon) implements OperationKind {
    @Override
    public String name() {
      return "groupNorm";
    }

    @Override
    public ForwardResult forward(Tensor... inputs) {
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
      return normalize(name(), x.size(0), groups, epsilon, Communicator.single(), inputs);
    }
  }

  /**
   * Batch normalization: over all pixels of a batch, which may be spread over several workers. Also
   * returns the channel means and variances, and the number of pixels.
   */
  record Batch(double epsilon) implements OperationKind {
    @Override
    public String name() {
      return "batchNorm";
    }

    @Override
    public ForwardResult forward(Tensor... inputs) {
      Tensor x = inputs[0];
      return normalize(name(), 1, x.size(-1), epsilon, x.step().workers(), inputs);
    }
  }

  /**
   * Returns the normalized x, with the means and variances [images groups], and the number of
   * elements in a group [1].
   */
  private static ForwardResult normalize(
      String name,
      long images,
      long groups,
      double epsilon,
      Communicator workers,
      Tensor... inputs) {
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
    long count = x.kernels().normalize(xs, ws, bs, epsilon, workers, mean, variance, y);
    return ForwardResult.of(
            x.view(y, x.dims()),
            x.dtype(),
            (dy, back) -> {
              INDArray dx = back.requires(x) ? x.allocate(layout) : null;
              INDArray dWeight = weight == null ? null : back.allocateFor(weight);
              INDArray dBias = bias == null ? null : back.allocateFor(bias);
              INDArray dys = x.view(dy.array(), layout);
              x.kernels()
                  .normalizeGradients(
                      xs, ws, epsilon, workers, mean, variance, dys, dx, dWeight, dBias);
              back.add(x, dx);
              if (weight != null) {
                back.add(weight, dWeight);
                back.add(bias, dBias);
              }
            })
        .with(flat(x, mean), flat(x, variance), constant(x, count));
  }

  private static ForwardResult.Constant constant(Tensor x, double value) {
    INDArray array = x.step().arena().allocate(DType.DOUBLE, 1);
    HeapCopy.write(new double[] {value}, array);
    return new ForwardResult.Constant(array, DType.DOUBLE);
  }

  private static ForwardResult.Constant flat(Tensor x, INDArray moments) {
    return new ForwardResult.Constant(x.view(moments, moments.length()), x.dtype());
  }

  private static void check(String name, double epsilon, Tensor... inputs) {
    Tensor x = inputs[0];
    long[] expected = {x.size(-1)};
    boolean valid = epsilon > 0;
    for (int i = 1; i < inputs.length; i++) {
      x.checkWith(name, inputs[i]);
      valid &= Arrays.equals(inputs[i].dims(), expected);
    }
    if (!valid) {
      throw new IllegalArgumentException(
          name
              + ": expected weight and bias "
              + Arrays.toString(expected)
              + ", or neither, and an epsilon greater than 0, got "
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
