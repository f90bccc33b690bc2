package io.github.vqvae4j.tensor;

import io.github.vqvae4j.tensor.internal.Kernels.Binary;
import io.github.vqvae4j.tensor.internal.RowKernels;
import java.util.Arrays;
import java.util.stream.IntStream;
import org.nd4j.linalg.api.ndarray.INDArray;

/** Sums and maxima, and the gradients of what was broadcast. */
final class Reductions {
  private Reductions() {}

  static Tensor sum(Tensor x, int... axes) {
    int[] over = Shape.axes("sum", x.dims(), axes);
    long[] kept = Shape.reduced(x.dims(), over);
    INDArray y = x.allocate(kept);
    x.kernels().sum(x.array(), over, y);
    return x.step()
        .result(
            x.view(y, Shape.without(x.dims(), over)),
            x.dtype(),
            result -> {
              // Broadcasting the gradient back over the summed axes: added to zeros.
              INDArray zeros = x.allocate(x.dims());
              zeros.assign(0);
              INDArray dx = x.allocate(x.dims());
              x.kernels().binary(Binary.ADD, zeros, x.view(result.incoming(), kept), dx);
              x.release(zeros);
              x.give(dx);
            },
            x);
  }

  static Tensor max(Tensor x, int... axes) {
    int[] over = Shape.axes("max", x.dims(), axes);
    long[] kept = Shape.without(x.dims(), over);
    // The axes that are kept, then the others, each in their order.
    int[] order =
        IntStream.concat(
                IntStream.range(0, x.rank()).filter(axis -> !contains(over, axis)),
                Arrays.stream(over).sorted())
            .toArray();
    boolean inOrder = Arrays.equals(order, IntStream.range(0, x.rank()).toArray());
    Tensor moved = inOrder ? x : x.permute(order);
    return maxOfRows(moved.reshape(Shape.size(kept), -1)).reshape(kept);
  }

  private static boolean contains(int[] axes, int axis) {
    return Arrays.stream(axes).anyMatch(a -> a == axis);
  }

  private static Tensor maxOfRows(Tensor rows) {
    INDArray y = rows.allocate(rows.size(0));
    int[] columns = RowKernels.max(rows.array(), y);
    return rows.step()
        .result(
            y,
            rows.dtype(),
            result -> {
              INDArray gradient = rows.allocate(rows.dims());
              RowKernels.place(result.incoming(), columns, gradient);
              rows.give(gradient);
            },
            rows);
  }

  /** Gives a gradient of a broadcast shape, summed to the receiver's. */
  static void giveSum(Tensor receiver, INDArray gradient) {
    if (Arrays.equals(Shape.padded(receiver.dims(), gradient.rank()), gradient.shape())) {
      receiver.give(receiver.view(gradient, receiver.dims()));
    } else {
      lendSum(receiver, gradient);
      receiver.release(gradient);
    }
  }

  /** As {@link #giveSum}, for a gradient that others hold too. */
  static void lendSum(Tensor receiver, INDArray gradient) {
    if (!receiver.isTracked()) {
      return;
    }
    long[] padded = Shape.padded(receiver.dims(), gradient.rank());
    if (Arrays.equals(padded, gradient.shape())) {
      receiver.lend(receiver.view(gradient, receiver.dims()));
      return;
    }
    int[] axes = new int[gradient.rank()];
    int count = 0;
    for (int i = 0; i < axes.length; i++) {
      if (padded[i] == 1 && gradient.size(i) != 1) {
        axes[count++] = i;
      }
    }
    INDArray sum = receiver.allocate(padded);
    receiver.kernels().sum(gradient, Arrays.copyOf(axes, count), sum);
    receiver.give(receiver.view(sum, receiver.dims()));
  }
}
