package io.github.vqvae4j.tensor;

import org.nd4j.linalg.api.ndarray.INDArray;

/** The softmax along an axis, or its logarithm. */
record Softmax(int axis, boolean log) implements OperationKind {
  @Override
  public String name() {
    return log ? "logSoftmax" : "softmax";
  }

  @Override
  public ForwardResult forward(Tensor... inputs) {
    Tensor x = inputs[0];
    int along = Shape.axes(name(), x.dims(), axis)[0];
    INDArray y = x.allocate(x.dims());
    x.kernels().softmax(x.array(), along, log, y);
    return ForwardResult.of(
        y,
        x.dtype(),
        (dy, back) -> {
          INDArray dx = x.allocate(x.dims());
          x.kernels().softmaxGradient(y, dy.array(), along, log, dx);
          back.add(x, dx);
        });
  }
}
