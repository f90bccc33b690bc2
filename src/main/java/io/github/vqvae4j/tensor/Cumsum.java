package io.github.vqvae4j.tensor;

import org.nd4j.linalg.api.ndarray.INDArray;

/** The cumulative sum along an axis. */
record Cumsum(int axis) implements OperationKind {
  @Override
  public String name() {
    return "cumsum";
  }

  @Override
  public ForwardResult forward(Tensor... inputs) {
    Tensor x = inputs[0];
    int along = Shape.axes(name(), x.dims(), axis)[0];
    INDArray y = x.allocate(x.dims());
    x.kernels().cumsum(x.array(), along, false, y);
    return ForwardResult.of(
        y,
        x.dtype(),
        (dy, back) -> {
          INDArray dx = x.allocate(x.dims());
          x.kernels().cumsum(dy.array(), along, true, dx);
          back.add(x, dx);
        });
  }
}
