package io.github.vqvae4j.tensor;

import org.nd4j.linalg.api.ndarray.INDArray;

/** The sum of the elements so far, along an axis. */
record Cumsum(int axis) implements Kind {
  @Override
  public String name() {
    return "cumsum";
  }

  @Override
  public Value of(Tensor... inputs) {
    Tensor x = inputs[0];
    int along = Shape.axes(name(), x.dims(), axis)[0];
    INDArray y = x.allocate(x.dims());
    x.kernels().cumsum(x.array(), along, false, y);
    return Value.of(
        y,
        x.dtype(),
        (dy, back) -> {
          INDArray dx = x.allocate(x.dims());
          x.kernels().cumsum(dy.array(), along, true, dx);
          back.give(x, dx);
        });
  }
}
