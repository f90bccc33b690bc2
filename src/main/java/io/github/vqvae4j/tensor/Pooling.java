package io.github.vqvae4j.tensor;

import io.github.vqvae4j.tensor.internal.Kernels.PoolingMode;
import java.util.Arrays;
import org.nd4j.linalg.api.ndarray.INDArray;

/** Max or average pooling over a sliding window. */
record Pooling(PoolingMode mode, int kernelHeight, int kernelWidth, ConvOptions options)
    implements OperationKind {
  @Override
  public String name() {
    return mode == PoolingMode.MAX ? "maxPool" : "averagePool";
  }

  @Override
  public ForwardResult forward(Tensor... inputs) {
    Tensor x = inputs[0];
    check(x);
    long height = options.height().size(x.size(1), kernelHeight);
    long width = options.width().size(x.size(2), kernelWidth);
    long[] kernel = {kernelHeight, kernelWidth};
    INDArray xs = x.array();
    INDArray y = x.allocate(x.size(0), height, width, x.size(3));
    INDArray argmaxIndices =
        mode == PoolingMode.MAX && x.isTracked() ? x.allocate(y.shape()) : null;
    x.kernels().pool(mode, xs, kernel, options, y, argmaxIndices);
    return ForwardResult.of(
        y,
        x.dtype(),
        (dy, back) -> {
          INDArray dx = x.allocate(x.dims());
          x.kernels().poolGradient(mode, xs, kernel, options, argmaxIndices, dy.array(), dx);
          back.add(x, dx);
        });
  }

  private void check(Tensor x) {
    String name = name();
    ImageOperations.checkImages(name, x);
    if (!options.isPlain()) {
      throw new IllegalArgumentException(
          name + ": expected no dilation, groups or output padding, got " + options + ".");
    }
    if (!isSymmetric(options.height()) || !isSymmetric(options.width())) {
      throw new IllegalArgumentException(
          name
              + ": expected the same padding on both sides, got "
              + options
              + "; pad the images first with Tensor.pad.");
    }
    if (options.height().before() >= kernelHeight || options.width().before() >= kernelWidth) {
      throw new IllegalArgumentException(
          name
              + ": expected a kernel larger than the padding, got a kernel "
              + kernelHeight
              + "x"
              + kernelWidth
              + " with "
              + options
              + ".");
    }
    if (options.height().size(x.size(1), kernelHeight) < 1
        || options.width().size(x.size(2), kernelWidth) < 1) {
      throw new IllegalArgumentException(
          name
              + ": images "
              + Arrays.toString(x.dims())
              + " are too small for a kernel "
              + kernelHeight
              + "x"
              + kernelWidth
              + " with "
              + options
              + ".");
    }
  }

  private static boolean isSymmetric(ConvOptions.Axis axis) {
    return axis.before() == axis.after();
  }
}
