package io.github.vqvae4j.tensor;

import io.github.vqvae4j.tensor.internal.HeapCopy;
import io.github.vqvae4j.tensor.internal.Kernels.Comparison;
import java.util.Arrays;
import org.nd4j.linalg.api.ndarray.INDArray;

/** Comparisons, and choices by what they give. Gradients are chosen too, never multiplied by 0. */
final class Selection {
  private Selection() {}

  /** 1 where two tensors compare so, else 0, in INT. */
  record Compare(Comparison comparison) implements Kind.OfAnyFormat {
    @Override
    public String name() {
      return switch (comparison) {
        case LESS -> "lt";
        case LESS_EQUAL -> "le";
        case GREATER -> "gt";
        case GREATER_EQUAL -> "ge";
        case EQUAL -> "eq";
        case NOT_EQUAL -> "ne";
      };
    }

    @Override
    public Value of(Tensor... inputs) {
      Tensor a = inputs[0];
      Tensor b = inputs[1];
      a.checkWith(name(), b);
      long[] shape = Shape.broadcast(name(), a.dims(), b.dims());
      INDArray y = a.step().arena().allocate(DType.INT, shape);
      INDArray as = a.view(a.array(), Shape.padded(a.dims(), shape.length));
      INDArray bs = b.view(b.array(), Shape.padded(b.dims(), shape.length));
      a.kernels().compare(comparison, as, bs, y);
      return Value.of(y, DType.INT, null);
    }
  }

  /** The second input where the first is not 0, else the third. */
  record Where() implements Kind.Choice {
    @Override
    public String name() {
      return "where";
    }

    @Override
    public Value of(Tensor... inputs) {
      Tensor condition = inputs[0];
      Tensor a = inputs[1];
      Tensor b = inputs[2];
      a.checkWith(name(), b);
      checkInt(name(), "condition", condition, a);
      long[] ofBoth = Shape.broadcast(name(), a.dims(), b.dims());
      long[] shape = Shape.broadcast(name(), condition.dims(), ofBoth);
      INDArray chosen =
          condition.view(condition.array(), Shape.padded(condition.dims(), shape.length));
      INDArray as = a.view(a.array(), Shape.padded(a.dims(), shape.length));
      INDArray bs = b.view(b.array(), Shape.padded(b.dims(), shape.length));
      INDArray y = a.allocate(shape);
      a.kernels().where(chosen, as, bs, y);
      return Value.of(
          y,
          a.dtype(),
          (dy, back) -> {
            long[] ones = new long[shape.length];
            Arrays.fill(ones, 1);
            INDArray zero = a.allocate(ones);
            HeapCopy.clear(zero);
            if (back.wants(a)) {
              INDArray da = a.allocate(shape);
              a.kernels().where(chosen, dy.array(), zero, da);
              Reductions.giveSum(back, a, da);
            }
            if (back.wants(b)) {
              INDArray db = b.allocate(shape);
              b.kernels().where(chosen, zero, dy.array(), db);
              Reductions.giveSum(back, b, db);
            }
            a.release(zero);
          });
    }
  }

  /** Another number format. */
  record Cast(DType dtype) implements Kind.OfAnyFormat {
    @Override
    public String name() {
      return "to";
    }

    @Override
    public Value of(Tensor... inputs) {
      Tensor x = inputs[0];
      if (dtype == DType.INT) {
        checkFits(x);
      }
      INDArray y = x.step().arena().allocate(dtype, x.dims());
      HeapCopy.convert(x.array(), y);
      if (dtype == DType.INT || x.dtype() == DType.INT) {
        return Value.of(y, dtype, null);
      }
      return Value.of(
          y,
          dtype,
          (dy, back) -> {
            INDArray dx = x.allocate(x.dims());
            HeapCopy.convert(dy.array(), dx);
            back.give(x, dx);
          });
    }

    private static void checkFits(Tensor x) {
      double[] numbers = x.dtype() == DType.INT ? new double[0] : x.toDoubles();
      for (int i = 0; i < numbers.length; i++) {
        if (!(numbers[i] > Integer.MIN_VALUE - 1.0 && numbers[i] < Integer.MAX_VALUE + 1.0)) {
          throw new IllegalArgumentException(
              "to: expected numbers that an int can hold, got "
                  + numbers[i]
                  + " at position "
                  + i
                  + " of shape "
                  + Arrays.toString(x.dims())
                  + ".");
        }
      }
    }
  }

  static Tensor compare(Comparison comparison, Tensor x, double number) {
    if (x.dtype() == DType.INT && number != (int) number) {
      Tensor doubles = x.to(DType.DOUBLE);
      return compare(comparison, doubles, number).release(doubles);
    }
    return x.step().apply(new Compare(comparison), x, scalar("compare", x, number));
  }

  static Tensor maskedFill(Tensor x, Tensor mask, double number) {
    checkInt("maskedFill", "mask", mask, x);
    if (!Shape.fit(x.dims(), mask.dims())
        || !Arrays.equals(Shape.broadcast("maskedFill", x.dims(), mask.dims()), x.dims())) {
      throw new IllegalArgumentException(
          "maskedFill: expected a mask that broadcasts to shape "
              + Arrays.toString(x.dims())
              + ", got "
              + Arrays.toString(mask.dims())
              + ".");
    }
    return x.step().apply(new Where(), mask, scalar("maskedFill", x, number), x);
  }

  /** A number as a tensor [1] of another one's step and format. */
  static Tensor scalar(String operation, Tensor like, double number) {
    return full(operation, like, number, 1);
  }

  /** A number everywhere. */
  static Tensor full(String operation, Tensor like, double number, long... shape) {
    if (like.dtype() == DType.INT && number != (int) number) {
      throw new IllegalArgumentException(
          operation + ": expected an int for a tensor in INT, got " + number + ".");
    }
    INDArray array = like.allocate(shape);
    array.assign(number);
    return like.step().own(array, like.dtype());
  }

  static void checkInt(String operation, String what, Tensor tensor, Tensor with) {
    if (tensor.dtype() != DType.INT || tensor.step() != with.step()) {
      throw new IllegalArgumentException(
          operation
              + ": expected a "
              + what
              + " in INT of the same step, got "
              + tensor.dtype()
              + (tensor.step() == with.step() ? "." : " of another step."));
    }
  }
}
