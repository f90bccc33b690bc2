package io.github.vqvae4j.tensor;

import io.github.vqvae4j.tensor.internal.Kernels.PoolingMode;
import java.util.Arrays;
import org.nd4j.linalg.api.ndarray.INDArray;

/** Maxima or averages of the pixels in a moving window. */
record Pooling(PoolingMode pooling, int kernelHeight, int kernelWidth, ConvOptions window)
    implements Kind {
  @Override
  public String name() {
    return pooling == PoolingMode.MAX ? "maxPool" : "averagePool";
  }

  @Override
  public Value of(Tensor... inputs) {
    Tensor x = inputs[0];
    check(x);
    long height = window.height().size(x.size(1), kernelHeight);
    long width = window.width().size(x.size(2), kernelWidth);
    long[] kernel = {kernelHeight, kernelWidth};
    INDArray xs = x.array();
    INDArray y = x.allocate(x.size(0), height, width, x.size(3));
    INDArray where = pooling == PoolingMode.MAX && x.isTracked() ? x.allocate(y.shape()) : null;
    x.kernels().pool(pooling, xs, kernel, window, y, where);
    return Value.of(
        y,
        x.dtype(),
        (dy, back) -> {
          INDArray dx = x.allocate(x.dims());
          x.kernels().poolGradient(pooling, xs, kernel, window, where, dy.array(), dx);
          back.give(x, dx);
        });
  }

  private void check(Tensor x) {
    String name = name();
    Pixels.checkImages(name, x);
    if (!window.isPlain()) {
      throw new IllegalArgumentException(
          name + ": expected no dilation, groups or output padding, got " + window + ".");
    }
    if (!isEven(window.height()) || !isEven(window.width())) {
      throw new IllegalArgumentException(
          name
              + ": expected the same padding on both sides, got "
              + window
              + "; pad the images first, with Tensor.pad.");
    }
    if (window.height().before() >= kernelHeight || window.width().before() >= kernelWidth) {
      throw new IllegalArgumentException(
          name
              + ": expected a kernel larger than the padding, got a kernel "
              + kernelHeight
              + "x"
              + kernelWidth
              + " with "
              + window
              + ".");
    }
    if (window.height().size(x.size(1), kernelHeight) < 1
        || window.width().size(x.size(2), kernelWidth) < 1) {
      throw new IllegalArgumentException(
          name
              + ": images "
              + Arrays.toString(x.dims())
              + " are too small for a kernel "
              + kernelHeight
              + "x"
              + kernelWidth
              + " with "
              + window
              + ".");
    }
  }

  private static boolean isEven(ConvOptions.Axis axis) {
    return axis.before() == axis.after();
  }
}
