package io.github.vqvae4j.tensor;

import io.github.vqvae4j.tensor.internal.HeapCopy;
import java.util.Arrays;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Element-wise selection by a condition. Gradients are selected in the same way, never multiplied
 * by 0.
 */
final class Conditionals {
  private Conditionals() {}

  /** The second input where the first is not 0, else the third. */
  record Where() implements OperationKind.ElementSelection {
    @Override
    public String name() {
      return "where";
    }

    @Override
    public ForwardResult forward(Tensor... inputs) {
      Tensor condition = inputs[0];
      Tensor a = inputs[1];
      Tensor b = inputs[2];
      a.checkWith(name(), b);
      Constants.checkInt(name(), "condition", condition, a);
      long[] operandShape = Shape.broadcast(name(), a.dims(), b.dims());
      long[] shape = Shape.broadcast(name(), condition.dims(), operandShape);
      INDArray conditions =
          condition.view(condition.array(), Shape.padded(condition.dims(), shape.length));
      INDArray as = a.view(a.array(), Shape.padded(a.dims(), shape.length));
      INDArray bs = b.view(b.array(), Shape.padded(b.dims(), shape.length));
      INDArray y = a.allocate(shape);
      a.kernels().where(conditions, as, bs, y);
      return ForwardResult.of(
          y,
          a.dtype(),
          (dy, back) -> {
            long[] ones = new long[shape.length];
            Arrays.fill(ones, 1);
            INDArray zero = a.allocate(ones);
            HeapCopy.clear(zero);
            if (back.requires(a)) {
              INDArray da = a.allocate(shape);
              a.kernels().where(conditions, dy.array(), zero, da);
              Reductions.addSum(back, a, da);
            }
            if (back.requires(b)) {
              INDArray db = b.allocate(shape);
              b.kernels().where(conditions, zero, dy.array(), db);
              Reductions.addSum(back, b, db);
            }
            a.release(zero);
          });
    }
  }

  static Tensor maskedFill(Tensor x, Tensor mask, double fill) {
    Constants.checkInt("maskedFill", "mask", mask, x);
    if (!Shape.broadcasts(x.dims(), mask.dims())
        || !Arrays.equals(Shape.broadcast("maskedFill", x.dims(), mask.dims()), x.dims())) {
      throw new IllegalArgumentException(
          "maskedFill: expected a mask that broadcasts to shape "
              + Arrays.toString(x.dims())
              + ", got "
              + Arrays.toString(mask.dims())
              + ".");
    }
    return x.step().apply(new Where(), mask, Constants.scalar("maskedFill", x, fill), x);
  }
}
