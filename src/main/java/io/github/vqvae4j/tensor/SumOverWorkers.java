package io.github.vqvae4j.tensor;

import io.github.vqvae4j.tensor.internal.HeapCopy;
import org.nd4j.linalg.api.ndarray.INDArray;

/** The sum of a tensor over the workers; its gradient is the sum of the workers' gradients. */
record SumOverWorkers() implements OperationKind {
  @Override
  public String name() {
    return "sumOverWorkers";
  }

  @Override
  public ForwardResult forward(Tensor... inputs) {
    Tensor x = inputs[0];
    return ForwardResult.of(
        sum(x, x.array()), x.dtype(), (dy, back) -> back.add(x, sum(x, dy.array())));
  }

  private static INDArray sum(Tensor x, INDArray addend) {
    double[] values = HeapCopy.doublesOf(addend);
    x.step().workers().sum(values);
    INDArray sum = x.allocate(x.dims());
    HeapCopy.write(values, sum);
    return sum;
  }
}
