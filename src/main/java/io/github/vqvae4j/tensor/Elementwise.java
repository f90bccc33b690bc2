package io.github.vqvae4j.tensor;

import io.github.vqvae4j.tensor.internal.Arena;
import io.github.vqvae4j.tensor.internal.Kernels;
import io.github.vqvae4j.tensor.internal.Kernels.Binary;
import io.github.vqvae4j.tensor.internal.Kernels.Comparison;
import io.github.vqvae4j.tensor.internal.Kernels.Unary;
import org.nd4j.linalg.api.ndarray.INDArray;

/** Operations on each element, and their gradients. */
final class Elementwise {
  private Elementwise() {}

  /** A function of one number, which may have settings. */
  record Function(Unary function, double alpha, double beta) implements Kind {
    Function(Unary function) {
      this(function, 0, 0);
    }

    Function {
      if (function == Unary.CLAMP && !(alpha <= beta)) {
        throw new IllegalArgumentException(
            "clamp: expected min <= max, got min " + alpha + " and max " + beta + ".");
      }
    }

    @Override
    public String name() {
      return Names.camelCase(function);
    }

    @Override
    public Value of(Tensor... inputs) {
      Tensor x = inputs[0];
      INDArray xs = x.array();
      INDArray y = x.allocate(x.dims());
      x.kernels().unary(function, alpha, beta, xs, y);
      if (function == Unary.ROUND || function == Unary.FLOOR || function == Unary.SIGN) {
        return Value.of(y, x.dtype(), null);
      }
      return Value.of(
          y,
          x.dtype(),
          (dy, back) -> {
            INDArray dx = x.allocate(x.dims());
            x.kernels().unaryGradient(function, alpha, beta, xs, y, dy.array(), dx);
            back.give(x, dx);
          });
    }
  }

  /** y = x factor + shift. */
  record Affine(String name, double factor, double shift) implements Kind {
    @Override
    public Value of(Tensor... inputs) {
      Tensor x = inputs[0];
      INDArray y = x.allocate(x.dims());
      x.kernels().affine(x.array(), factor, shift, y);
      return Value.of(
          y,
          x.dtype(),
          (dy, back) -> {
            if (factor == 1) {
              back.share(x, dy);
            } else {
              INDArray dx = x.allocate(x.dims());
              x.kernels().affine(dy.array(), factor, 0, dx);
              back.give(x, dx);
            }
          });
    }
  }

  /** A function of two numbers, of tensors that broadcast. */
  record OfTwo(Binary function) implements Kind {
    @Override
    public String name() {
      return Names.camelCase(function);
    }

    @Override
    public Value of(Tensor... inputs) {
      Tensor a = inputs[0];
      Tensor b = inputs[1];
      a.checkWith(name(), b);
      long[] shape = Shape.broadcast(name(), a.dims(), b.dims());
      INDArray as = a.view(a.array(), Shape.padded(a.dims(), shape.length));
      INDArray bs = b.view(b.array(), Shape.padded(b.dims(), shape.length));
      INDArray y = a.allocate(shape);
      a.kernels().binary(function, as, bs, y);
      Backward backward =
          switch (function) {
            case ADD ->
                (dy, back) -> {
                  Reductions.shareSum(back, a, dy);
                  Reductions.shareSum(back, b, dy);
                };
            case SUB ->
                (dy, back) -> {
                  Reductions.shareSum(back, a, dy);
                  if (back.wants(b)) {
                    Reductions.giveSum(back, b, negative(b, dy.array()));
                  }
                };
            case MUL ->
                (dy, back) -> {
                  if (back.wants(a)) {
                    Reductions.giveSum(back, a, combined(a, Binary.MUL, dy.array(), bs));
                  }
                  if (back.wants(b)) {
                    Reductions.giveSum(back, b, combined(b, Binary.MUL, dy.array(), as));
                  }
                };
            case DIV ->
                // d(a/b)/da = 1/b and d(a/b)/db = -(a/b)/b.
                (dy, back) -> {
                  INDArray da = combined(a, Binary.DIV, dy.array(), bs);
                  if (back.wants(b)) {
                    INDArray product = combined(b, Binary.MUL, da, y);
                    Reductions.giveSum(back, b, negative(b, product));
                    b.release(product);
                  }
                  Reductions.giveSum(back, a, da);
                };
            case MAXIMUM ->
                (dy, back) -> {
                  chosen(back, a, dy, Comparison.GREATER, as, bs);
                  chosen(back, b, dy, Comparison.GREATER, bs, as);
                };
            case MINIMUM ->
                (dy, back) -> {
                  chosen(back, a, dy, Comparison.LESS, as, bs);
                  chosen(back, b, dy, Comparison.LESS, bs, as);
                };
          };
      return Value.of(y, a.dtype(), backward);
    }

    /** Gives an operand dy where it was chosen, half of it where both are equal, and else 0. */
    private static void chosen(
        Backpropagation back,
        Tensor operand,
        GradientArray dy,
        Comparison comparison,
        INDArray own,
        INDArray other) {
      if (!back.wants(operand)) {
        return;
      }
      Kernels kernels = operand.kernels();
      Arena arena = operand.step().arena();
      long[] shape = dy.array().shape();
      INDArray condition = arena.allocate(DType.INT, shape);
      INDArray zeros = operand.allocate(shape);
      INDArray halves = operand.allocate(shape);
      INDArray where = operand.allocate(shape);
      INDArray gradient = operand.allocate(shape);
      zeros.assign(0);
      kernels.compare(comparison, own, other, condition);
      kernels.where(condition, dy.array(), zeros, where);
      kernels.affine(dy.array(), 0.5, 0, halves);
      kernels.compare(Comparison.EQUAL, own, other, condition);
      kernels.where(condition, halves, where, gradient);
      arena.release(condition);
      operand.release(zeros);
      operand.release(halves);
      operand.release(where);
      Reductions.giveSum(back, operand, gradient);
    }

    private static INDArray combined(Tensor of, Binary function, INDArray x, INDArray y) {
      INDArray result = of.allocate(x.shape());
      of.kernels().binary(function, x, y, result);
      return result;
    }

    private static INDArray negative(Tensor of, INDArray x) {
      INDArray result = of.allocate(x.shape());
      Kernels kernels = of.kernels();
      kernels.unary(Unary.NEG, x, result);
      return result;
    }
  }
}
