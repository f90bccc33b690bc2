package io.github.vqvae4j.tensor;

import io.github.vqvae4j.tensor.internal.GatherScatter;
import io.github.vqvae4j.tensor.internal.Kernels.Binary;
import io.github.vqvae4j.tensor.internal.RowExtrema;
import java.util.Arrays;
import java.util.stream.IntStream;
import org.nd4j.linalg.api.ndarray.INDArray;

/** Sums and maxima, and the gradients of what was broadcast. */
final class Reductions {
  private Reductions() {}

  /** The sum over some axes, which then are gone. */
  record Sum(int... axes) implements Kind {
    @Override
    public String name() {
      return "sum";
    }

    @Override
    public Value of(Tensor... inputs) {
      Tensor x = inputs[0];
      int[] over = Shape.axes(name(), x.dims(), axes);
      long[] kept = Shape.reduced(x.dims(), over);
      INDArray y = x.allocate(kept);
      x.kernels().sum(x.array(), over, y);
      return Value.of(
          x.view(y, Shape.without(x.dims(), over)),
          x.dtype(),
          (dy, back) -> {
            // Broadcasting the gradient back over the summed axes: added to zeros.
            INDArray zeros = x.allocate(x.dims());
            zeros.assign(0);
            INDArray dx = x.allocate(x.dims());
            x.kernels().binary(Binary.ADD, zeros, x.view(dy.array(), kept), dx);
            x.release(zeros);
            back.give(x, dx);
          });
    }
  }

  /** The maximum of each row [n, d]: [n]. */
  record MaxOfRows() implements Kind {
    @Override
    public String name() {
      return "max";
    }

    @Override
    public Value of(Tensor... inputs) {
      Tensor rows = inputs[0];
      INDArray y = rows.allocate(rows.size(0));
      INDArray columns = rows.step().arena().allocate(DType.INT, rows.size(0));
      RowExtrema.find(true, rows.array(), y, columns);
      if (!rows.isTracked()) {
        rows.release(columns);
      }
      return Value.of(
          y,
          rows.dtype(),
          (dy, back) -> {
            INDArray gradient = rows.allocate(rows.dims());
            GatherScatter.scatterAddColumns(dy.array(), columns, gradient);
            back.give(rows, gradient);
          });
    }
  }

  static Tensor mean(Tensor x, boolean keepDims, int... axes) {
    Step.checkNoIntegers("mean", x);
    int[] over = Shape.axes("mean", x.dims(), axes);
    Tensor sum = x.sum(keepDims, over);
    return sum.mul((double) sum.length() / x.length());
  }

  /** Under the name of the operation that it is a part of. */
  static Tensor max(String name, Tensor x, boolean keepDims, int... axes) {
    Step.checkNoIntegers(name, x);
    int[] over = Shape.axes(name, x.dims(), axes);
    long[] kept = Shape.without(x.dims(), over);
    // The axes that are kept, then the others, each in their order.
    int[] order =
        IntStream.concat(
                IntStream.range(0, x.rank()).filter(axis -> !contains(over, axis)),
                Arrays.stream(over).sorted())
            .toArray();
    boolean inOrder = Arrays.equals(order, IntStream.range(0, x.rank()).toArray());
    Tensor moved = inOrder ? x : x.permute(order);
    Tensor rows = moved.reshape(Shape.size(kept), -1);
    Tensor largest = rows.step().apply(new MaxOfRows(), rows);
    return largest.reshape(keepDims ? Shape.reduced(x.dims(), over) : kept);
  }

  /** A reduction of x, with the axes that vanished as axes of size 1 if they are to stay. */
  static Tensor keep(String name, Tensor x, Tensor reduced, boolean keepDims, int... axes) {
    return keepDims
        ? reduced.reshape(Shape.reduced(x.dims(), Shape.axes(name, x.dims(), axes)))
        : reduced;
  }

  private static boolean contains(int[] axes, int axis) {
    return Arrays.stream(axes).anyMatch(a -> a == axis);
  }

  /** Gives a gradient of a broadcast shape, summed to the receiver's. */
  static void giveSum(Backpropagation back, Tensor receiver, INDArray gradient) {
    if (isOfShape(receiver, gradient)) {
      back.give(receiver, gradient);
    } else {
      back.give(receiver, sum(receiver, gradient));
      receiver.release(gradient);
    }
  }

  /** As {@link #giveSum}, for a gradient that others use too. */
  static void shareSum(Backpropagation back, Tensor receiver, GradientArray gradient) {
    if (!back.wants(receiver)) {
      return;
    }
    if (isOfShape(receiver, gradient.array())) {
      back.share(receiver, gradient);
    } else {
      back.give(receiver, sum(receiver, gradient.array()));
    }
  }

  private static boolean isOfShape(Tensor receiver, INDArray gradient) {
    return Arrays.equals(Shape.padded(receiver.dims(), gradient.rank()), gradient.shape());
  }

  /** The sum over the axes along which the receiver was broadcast. */
  private static INDArray sum(Tensor receiver, INDArray gradient) {
    long[] padded = Shape.padded(receiver.dims(), gradient.rank());
    int[] axes =
        IntStream.range(0, padded.length)
            .filter(i -> padded[i] == 1 && gradient.size(i) != 1)
            .toArray();
    INDArray sum = receiver.allocate(padded);
    receiver.kernels().sum(gradient, axes, sum);
    return sum;
  }
}
