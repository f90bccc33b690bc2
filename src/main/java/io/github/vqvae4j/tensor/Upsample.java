package io.github.vqvae4j.tensor;

import java.util.Arrays;
import org.nd4j.linalg.api.ndarray.INDArray;

/** Nearest-neighbor upsampling: repeats each pixel in both directions. */
record Upsample(int factor) implements OperationKind {
  @Override
  public String name() {
    return "upsample";
  }

  @Override
  public ForwardResult forward(Tensor... inputs) {
    Tensor x = inputs[0];
    if (x.rank() != 4 || factor < 1) {
      throw new IllegalArgumentException(
          "upsample: expected images [batch, height, width, channels] and a factor of at least 1,"
              + " got shape "
              + Arrays.toString(x.dims())
              + " and factor "
              + factor
              + ".");
    }
    INDArray y = x.allocate(x.size(0), x.size(1) * factor, x.size(2) * factor, x.size(3));
    x.kernels().upsample(x.array(), factor, y);
    return ForwardResult.of(
        y,
        x.dtype(),
        (dy, back) -> {
          INDArray dx = x.allocate(x.dims());
          x.kernels().upsampleGradient(dy.array(), factor, dx);
          back.add(x, dx);
        });
  }
}
