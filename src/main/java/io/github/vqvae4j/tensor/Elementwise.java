package io.github.vqvae4j.tensor;

import io.github.vqvae4j.tensor.internal.DropoutMask;
import io.github.vqvae4j.tensor.internal.Kernels;
import io.github.vqvae4j.tensor.internal.Kernels.Binary;
import io.github.vqvae4j.tensor.internal.Kernels.Unary;
import java.util.Locale;
import org.nd4j.linalg.api.ndarray.INDArray;

/** Operations on each element, and their gradients. */
final class Elementwise {
  private Elementwise() {}

  static Tensor unary(Unary function, Tensor x) {
    return unary(function, 0, 0, x);
  }

  static Tensor clamp(Tensor x, double min, double max) {
    if (!(min <= max)) {
      throw new IllegalArgumentException(
          "clamp: expected min <= max, got min " + min + " and max " + max + ".");
    }
    return unary(Unary.CLAMP, min, max, x);
  }

  /** A function with settings. */
  static Tensor unary(Unary function, double alpha, double beta, Tensor x) {
    INDArray xs = x.array();
    INDArray y = x.allocate(x.dims());
    x.kernels().unary(function, alpha, beta, xs, y);
    return x.step()
        .result(
            y,
            x.dtype(),
            result -> {
              INDArray dx = x.allocate(x.dims());
              x.kernels().unaryGradient(function, alpha, beta, xs, y, result.incoming(), dx);
              x.give(dx);
            },
            x);
  }

  static Tensor affine(Tensor x, double factor, double shift) {
    INDArray y = x.allocate(x.dims());
    x.kernels().affine(x.array(), factor, shift, y);
    return x.step()
        .result(
            y,
            x.dtype(),
            result -> {
              if (factor == 1) {
                result.passGradient(x, result.incoming());
              } else {
                INDArray dx = x.allocate(x.dims());
                x.kernels().affine(result.incoming(), factor, 0, dx);
                x.give(dx);
              }
            },
            x);
  }

  static Tensor dropout(Tensor x, double rate) {
    if (!(rate >= 0 && rate < 1)) {
      throw new IllegalArgumentException(
          "dropout: expected a rate from 0 to below 1, got " + rate + ".");
    }
    if (!x.step().isTraining() || rate == 0) {
      return x;
    }
    INDArray mask = x.allocate(x.dims());
    DropoutMask.draw(x.step().rng(), rate, mask);
    return binary(Binary.MUL, x, x.step().constant(mask, x.dtype()));
  }

  static Tensor binary(Binary operation, Tensor a, Tensor b) {
    String name = operation.name().toLowerCase(Locale.ROOT);
    a.checkWith(name, b);
    long[] shape = Shape.broadcast(name, a.dims(), b.dims());
    INDArray as = a.view(a.array(), Shape.padded(a.dims(), shape.length));
    INDArray bs = b.view(b.array(), Shape.padded(b.dims(), shape.length));
    INDArray y = a.allocate(shape);
    Kernels kernels = a.kernels();
    kernels.binary(operation, as, bs, y);
    return a.step()
        .result(
            y,
            a.dtype(),
            result -> {
              INDArray dy = result.incoming();
              switch (operation) {
                case ADD -> {
                  Reductions.lendSum(a, dy);
                  Reductions.lendSum(b, dy);
                  result.shareGradient();
                }
                case SUB -> {
                  Reductions.lendSum(a, dy);
                  result.shareGradient();
                  if (b.isTracked()) {
                    Reductions.giveSum(b, negative(b, dy));
                  }
                }
                case MUL -> {
                  if (a.isTracked()) {
                    Reductions.giveSum(a, combined(a, Binary.MUL, dy, bs));
                  }
                  if (b.isTracked()) {
                    Reductions.giveSum(b, combined(b, Binary.MUL, dy, as));
                  }
                }
                case DIV -> {
                  // d(a/b)/da = 1/b and d(a/b)/db = -(a/b)/b.
                  INDArray da = combined(a, Binary.DIV, dy, bs);
                  if (b.isTracked()) {
                    INDArray product = combined(b, Binary.MUL, da, y);
                    Reductions.giveSum(b, negative(b, product));
                    b.release(product);
                  }
                  Reductions.giveSum(a, da);
                }
              }
            },
            a,
            b);
  }

  private static INDArray combined(Tensor of, Binary operation, INDArray x, INDArray y) {
    INDArray result = of.allocate(x.shape());
    of.kernels().binary(operation, x, y, result);
    return result;
  }

  private static INDArray negative(Tensor of, INDArray x) {
    INDArray result = of.allocate(x.shape());
    of.kernels().unary(Unary.NEG, x, result);
    return result;
  }
}
