package io.github.vqvae4j.tensor;

import io.github.vqvae4j.tensor.internal.GatherScatter;
import io.github.vqvae4j.tensor.internal.Kernels.Binary;
import io.github.vqvae4j.tensor.internal.RowExtrema;
import java.util.Arrays;
import java.util.stream.IntStream;
import org.nd4j.linalg.api.ndarray.INDArray;

/** Reductions over axes, and the reduction of gradients of broadcast operands. */
final class Reductions {
  private Reductions() {}

  /** The sum over axes, which are removed. */
  record Sum(int... axes) implements OperationKind {
    @Override
    public String name() {
      return "sum";
    }

    @Override
    public ForwardResult forward(Tensor... inputs) {
      Tensor x = inputs[0];
      int[] reduced = Shape.axes(name(), x.dims(), axes);
      long[] keptShape = Shape.reduced(x.dims(), reduced);
      INDArray y = x.allocate(keptShape);
      x.kernels().sum(x.array(), reduced, y);
      return ForwardResult.of(
          x.view(y, Shape.without(x.dims(), reduced)),
          x.dtype(),
          (dy, back) -> {
            // Broadcast the gradient over the summed axes by adding it to zeros.
            INDArray zeros = x.allocate(x.dims());
            zeros.assign(0);
            INDArray dx = x.allocate(x.dims());
            x.kernels().binary(Binary.ADD, zeros, x.view(dy.array(), keptShape), dx);
            x.release(zeros);
            back.add(x, dx);
          });
    }
  }

  /** The maximum [n] of each row [n, d]. */
  record MaxOfRows() implements OperationKind {
    @Override
    public String name() {
      return "max";
    }

    @Override
    public ForwardResult forward(Tensor... inputs) {
      Tensor rows = inputs[0];
      INDArray y = rows.allocate(rows.size(0));
      INDArray columns = rows.step().arena().allocate(DType.INT, rows.size(0));
      RowExtrema.find(true, rows.array(), y, columns);
      if (!rows.isTracked()) {
        rows.release(columns);
      }
      return ForwardResult.of(
          y,
          rows.dtype(),
          (dy, back) -> {
            INDArray gradient = rows.allocate(rows.dims());
            GatherScatter.scatterAddColumns(dy.array(), columns, gradient);
            back.add(rows, gradient);
          });
    }
  }

  static Tensor mean(Tensor x, boolean keepDims, int... axes) {
    Step.checkNoIntegers("mean", x);
    int[] reduced = Shape.axes("mean", x.dims(), axes);
    Tensor sum = x.sum(keepDims, reduced);
    return sum.mul((double) sum.length() / x.length());
  }

  /** Computes the maximum on behalf of a named operation. */
  static Tensor max(String name, Tensor x, boolean keepDims, int... axes) {
    Step.checkNoIntegers(name, x);
    int[] reduced = Shape.axes(name, x.dims(), axes);
    long[] remaining = Shape.without(x.dims(), reduced);
    // The remaining axes, followed by the reduced ones.
    int[] order =
        IntStream.concat(
                IntStream.range(0, x.rank()).filter(axis -> !contains(reduced, axis)),
                Arrays.stream(reduced).sorted())
            .toArray();
    boolean alreadyLast = Arrays.equals(order, IntStream.range(0, x.rank()).toArray());
    Tensor moved = alreadyLast ? x : x.permute(order);
    Tensor rows = moved.reshape(Shape.size(remaining), -1);
    Tensor max = rows.step().apply(new MaxOfRows(), rows);
    return max.reshape(keepDims ? Shape.reduced(x.dims(), reduced) : remaining);
  }

  static Tensor variance(String name, Tensor x, int correction, boolean keepDims, int... axes) {
    Step.checkNoIntegers(name, x);
    int[] reduced = Shape.axes(name, x.dims(), axes);
    long n = x.length() / Shape.size(Shape.without(x.dims(), reduced));
    if (correction < 0 || n <= correction) {
      throw new IllegalArgumentException(
          name
              + ": expected a correction of at least 0 and more elements than the correction, got"
              + " correction "
              + correction
              + " and "
              + n
              + (n == 1 ? " element" : " elements")
              + " over axes "
              + Arrays.toString(reduced)
              + " of shape "
              + Arrays.toString(x.dims())
              + ".");
    }
    return x.sub(x.mean(true, reduced)).square().sum(keepDims, reduced).mul(1.0 / (n - correction));
  }

  /** Returns the square root of the variance. Its gradient is 0 where it is 0. */
  static Tensor standardDeviation(Tensor x, int correction, boolean keepDims, int... axes) {
    Tensor variance = variance("std", x, correction, keepDims, axes);
    Tensor isZero = variance.eq(0);
    return variance.maskedFill(isZero, 1).sqrt().maskedFill(isZero, 0);
  }

  static Tensor logSumExp(Tensor x, boolean keepDims, int... axes) {
    Step.checkNoIntegers("logSumExp", x);
    int[] reduced = Shape.axes("logSumExp", x.dims(), axes);
    // The maximum, or 0 where it is infinite, so that no infinity is subtracted.
    Tensor max = x.stopGradient().max(true, reduced);
    Tensor shift = max.maskedFill(max.abs().eq(Double.POSITIVE_INFINITY), 0);
    Tensor sum = x.sub(shift).exp().sum(true, reduced);
    Tensor isZero = sum.eq(0);
    Tensor log = sum.maskedFill(isZero, 1).log().maskedFill(isZero, Double.NEGATIVE_INFINITY);
    Tensor result = log.add(shift);
    return keepDims ? result : result.reshape(Shape.without(x.dims(), reduced));
  }

  /** Restores the reduced axes of a reduction of x with size 1 if keepDims is set. */
  static Tensor keepDims(String name, Tensor x, Tensor reduced, boolean keepDims, int... axes) {
    return keepDims
        ? reduced.reshape(Shape.reduced(x.dims(), Shape.axes(name, x.dims(), axes)))
        : reduced;
  }

  private static boolean contains(int[] axes, int axis) {
    return Arrays.stream(axes).anyMatch(a -> a == axis);
  }

  /** Adds an unshared gradient of a broadcast shape, summed to the operand's shape. */
  static void addSum(Backpropagation back, Tensor operand, INDArray gradient) {
    if (hasShape(operand, gradient)) {
      back.add(operand, gradient);
    } else {
      back.add(operand, sum(operand, gradient));
      operand.release(gradient);
    }
  }

  /** Adds a shared gradient of a broadcast shape, as {@link #addSum} does. */
  static void addSharedSum(Backpropagation back, Tensor operand, GradientArray gradient) {
    if (!back.requires(operand)) {
      return;
    }
    if (hasShape(operand, gradient.array())) {
      back.addShared(operand, gradient);
    } else {
      back.add(operand, sum(operand, gradient.array()));
    }
  }

  private static boolean hasShape(Tensor operand, INDArray gradient) {
    return Arrays.equals(Shape.padded(operand.dims(), gradient.rank()), gradient.shape());
  }

  /** Sums a gradient over the axes along which the operand was broadcast. */
  private static INDArray sum(Tensor operand, INDArray gradient) {
    long[] padded = Shape.padded(operand.dims(), gradient.rank());
    int[] axes =
        IntStream.range(0, padded.length)
            .filter(i -> padded[i] == 1 && gradient.size(i) != 1)
            .toArray();
    INDArray sum = operand.allocate(padded);
    operand.kernels().sum(gradient, axes, sum);
    return sum;
  }
}
