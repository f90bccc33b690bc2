package io.github.vqvae4j.tensor;

import org.nd4j.linalg.api.ndarray.INDArray;

/** Operations along one axis that keep the shape. */
final class AlongAxis {
  private AlongAxis() {}

  static Tensor softmax(Tensor x, int axis, boolean log) {
    int along = Shape.axes(log ? "logSoftmax" : "softmax", x.dims(), axis)[0];
    INDArray y = x.allocate(x.dims());
    x.kernels().softmax(x.array(), along, log, y);
    return x.step()
        .result(
            y,
            x.dtype(),
            result -> {
              INDArray dx = x.allocate(x.dims());
              x.kernels().softmaxGradient(y, result.incoming(), along, log, dx);
              x.give(dx);
            },
            x);
  }

  static Tensor cumulativeSum(Tensor x, int axis) {
    int along = Shape.axes("cumulativeSum", x.dims(), axis)[0];
    INDArray y = x.allocate(x.dims());
    x.kernels().cumulativeSum(x.array(), along, false, y);
    return x.step()
        .result(
            y,
            x.dtype(),
            result -> {
              INDArray dx = x.allocate(x.dims());
              x.kernels().cumulativeSum(result.incoming(), along, true, dx);
              x.give(dx);
            },
            x);
  }
}
