package io.github.vqvae4j.tensor;

import io.github.vqvae4j.tensor.internal.HeapCopy;
import io.github.vqvae4j.tensor.internal.Kernels.Binary;
import java.util.Arrays;
import org.nd4j.linalg.api.ndarray.INDArray;

/** Sums, and what is built from them. */
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
            x.precision(),
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

  static Tensor meanSquaredError(Tensor x, Tensor target) {
    x.checkWith("meanSquaredError", target);
    if (!Arrays.equals(x.dims(), target.dims())) {
      throw new IllegalArgumentException(
          "meanSquaredError: expected equal shapes, got "
              + Arrays.toString(x.dims())
              + " and "
              + Arrays.toString(target.dims())
              + ".");
    }
    INDArray difference = x.allocate(x.dims());
    double sum = x.kernels().difference(x.array(), target.array(), difference);
    INDArray mean = x.allocate(1);
    HeapCopy.write(new double[] {sum / x.length()}, mean);
    return x.step()
        .result(
            mean,
            x.precision(),
            result -> {
              double factor = 2 * HeapCopy.doublesOf(result.incoming())[0] / x.length();
              giveScaled(x, difference, factor);
              giveScaled(target, difference, -factor);
            },
            x,
            target);
  }

  private static void giveScaled(Tensor receiver, INDArray array, double factor) {
    if (receiver.isTracked()) {
      INDArray scaled = receiver.allocate(array.shape());
      receiver.kernels().affine(array, factor, 0, scaled);
      receiver.give(scaled);
    }
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
