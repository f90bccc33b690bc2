package io.github.vqvae4j.tensor;

import io.github.vqvae4j.tensor.internal.Arena;
import io.github.vqvae4j.tensor.internal.Kernels;
import io.github.vqvae4j.tensor.internal.Kernels.Binary;
import io.github.vqvae4j.tensor.internal.Kernels.Comparison;
import io.github.vqvae4j.tensor.internal.Kernels.Unary;
import org.nd4j.linalg.api.ndarray.INDArray;

/** Element-wise operations. */
final class Elementwise {
  private Elementwise() {}

  /** A function of one argument, with up to two parameters. */
  record UnaryFunction(Unary function, double alpha, double beta) implements OperationKind {
    UnaryFunction(Unary function) {
      this(function, 0, 0);
    }

    UnaryFunction {
      if (function == Unary.CLAMP && !(alpha <= beta)) {
        throw new IllegalArgumentException(
            "clamp: expected min <= max, got min " + alpha + " and max " + beta + ".");
      }
    }

    @Override
    public String name() {
      return OperationNames.camelCase(function);
    }

    @Override
    public ForwardResult forward(Tensor... inputs) {
      Tensor x = inputs[0];
      INDArray xs = x.array();
      INDArray y = x.allocate(x.dims());
      x.kernels().unary(function, alpha, beta, xs, y);
      if (function == Unary.ROUND || function == Unary.FLOOR || function == Unary.SIGN) {
        return ForwardResult.of(y, x.dtype(), null);
      }
      return ForwardResult.of(
          y,
          x.dtype(),
          (dy, back) -> {
            INDArray dx = x.allocate(x.dims());
            x.kernels().unaryGradient(function, alpha, beta, xs, y, dy.array(), dx);
            back.add(x, dx);
          });
    }
  }

  /** The affine function y = factor x + shift. */
  record Affine(String name, double factor, double shift) implements OperationKind {
    @Override
    public ForwardResult forward(Tensor... inputs) {
      Tensor x = inputs[0];
      INDArray y = x.allocate(x.dims());
      x.kernels().affine(x.array(), factor, shift, y);
      return ForwardResult.of(
          y,
          x.dtype(),
          (dy, back) -> {
            if (factor == 1) {
              back.addShared(x, dy);
            } else {
              INDArray dx = x.allocate(x.dims());
              x.kernels().affine(dy.array(), factor, 0, dx);
              back.add(x, dx);
            }
          });
    }
  }

  /** A function of two arguments, with broadcasting. */
  record BinaryFunction(Binary function) implements OperationKind {
    @Override
    public String name() {
      return OperationNames.camelCase(function);
    }

    @Override
    public ForwardResult forward(Tensor... inputs) {
      Tensor a = inputs[0];
      Tensor b = inputs[1];
      a.checkWith(name(), b);
      long[] shape = Shape.broadcast(name(), a.dims(), b.dims());
      INDArray as = a.view(a.array(), Shape.padded(a.dims(), shape.length));
      INDArray bs = b.view(b.array(), Shape.padded(b.dims(), shape.length));
      INDArray y = a.allocate(shape);
      a.kernels().binary(function, as, bs, y);
      BackwardFunction backward =
          switch (function) {
            case ADD ->
                (dy, back) -> {
                  Reductions.addSharedSum(back, a, dy);
                  Reductions.addSharedSum(back, b, dy);
                };
            case SUB ->
                (dy, back) -> {
                  Reductions.addSharedSum(back, a, dy);
                  if (back.requires(b)) {
                    Reductions.addSum(back, b, negate(b, dy.array()));
                  }
                };
            case MUL ->
                (dy, back) -> {
                  if (back.requires(a)) {
                    Reductions.addSum(back, a, apply(a, Binary.MUL, dy.array(), bs));
                  }
                  if (back.requires(b)) {
                    Reductions.addSum(back, b, apply(b, Binary.MUL, dy.array(), as));
                  }
                };
            case DIV ->
                // d(a/b)/da = 1/b and d(a/b)/db = -(a/b)/b.
                (dy, back) -> {
                  INDArray da = apply(a, Binary.DIV, dy.array(), bs);
                  if (back.requires(b)) {
                    INDArray product = apply(b, Binary.MUL, da, y);
                    Reductions.addSum(back, b, negate(b, product));
                    b.release(product);
                  }
                  Reductions.addSum(back, a, da);
                };
            case MAXIMUM ->
                (dy, back) -> {
                  addSelected(back, a, dy, Comparison.GREATER, as, bs);
                  addSelected(back, b, dy, Comparison.GREATER, bs, as);
                };
            case MINIMUM ->
                (dy, back) -> {
                  addSelected(back, a, dy, Comparison.LESS, as, bs);
                  addSelected(back, b, dy, Comparison.LESS, bs, as);
                };
          };
      return ForwardResult.of(y, a.dtype(), backward);
    }

    /**
     * Adds dy to the gradient of an operand where it was selected, half of dy where both are equal,
     * and 0 elsewhere.
     */
    private static void addSelected(
        Backpropagation back,
        Tensor operand,
        GradientArray dy,
        Comparison comparison,
        INDArray own,
        INDArray other) {
      if (!back.requires(operand)) {
        return;
      }
      Kernels kernels = operand.kernels();
      Arena arena = operand.step().arena();
      long[] shape = dy.array().shape();
      INDArray condition = arena.allocate(DType.INT, shape);
      INDArray zeros = operand.allocate(shape);
      INDArray halves = operand.allocate(shape);
      INDArray selected = operand.allocate(shape);
      INDArray gradient = operand.allocate(shape);
      zeros.assign(0);
      kernels.compare(comparison, own, other, condition);
      kernels.where(condition, dy.array(), zeros, selected);
      kernels.affine(dy.array(), 0.5, 0, halves);
      kernels.compare(Comparison.EQUAL, own, other, condition);
      kernels.where(condition, halves, selected, gradient);
      arena.release(condition);
      operand.release(zeros);
      operand.release(halves);
      operand.release(selected);
      Reductions.addSum(back, operand, gradient);
    }

    private static INDArray apply(Tensor of, Binary function, INDArray x, INDArray y) {
      INDArray result = of.allocate(x.shape());
      of.kernels().binary(function, x, y, result);
      return result;
    }

    private static INDArray negate(Tensor of, INDArray x) {
      INDArray result = of.allocate(x.shape());
      Kernels kernels = of.kernels();
      kernels.unary(Unary.NEG, x, result);
      return result;
    }
  }
}
