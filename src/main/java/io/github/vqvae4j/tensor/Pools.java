package io.github.vqvae4j.tensor;

import io.github.vqvae4j.tensor.internal.Kernels.Pooling;
import java.util.Arrays;
import org.nd4j.linalg.api.ndarray.INDArray;

/** Maxima and averages of the pixels in a moving window. */
final class Pools {
  private Pools() {}

  static Tensor pool(Pooling kind, Tensor x, int kernelHeight, int kernelWidth, Window window) {
    String name = kind == Pooling.MAX ? "maxPool" : "averagePool";
    Pixels.checkImages(name, x);
    if (!window.isPlain()) {
      throw new IllegalArgumentException(
          name + ": expected no dilation, groups or output padding, got " + window + ".");
    }
    if (window.paddingHeight() >= kernelHeight || window.paddingWidth() >= kernelWidth) {
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
    long height = window.height(x.size(1), kernelHeight);
    long width = window.width(x.size(2), kernelWidth);
    if (height < 1 || width < 1) {
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
    long[] kernel = {kernelHeight, kernelWidth};
    INDArray xs = x.array();
    INDArray y = x.allocate(x.size(0), height, width, x.size(3));
    INDArray where = kind == Pooling.MAX && x.isTracked() ? x.allocate(y.shape()) : null;
    x.kernels().pool(kind, xs, kernel, window, y, where);
    return x.step()
        .result(
            y,
            x.dtype(),
            result -> {
              INDArray dx = x.allocate(x.dims());
              x.kernels().poolGradient(kind, xs, kernel, window, where, result.incoming(), dx);
              x.give(dx);
            },
            x);
  }
}
