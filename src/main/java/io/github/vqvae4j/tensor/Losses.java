package io.github.vqvae4j.tensor;

import io.github.vqvae4j.tensor.internal.HeapCopy;
import java.util.Arrays;
import org.nd4j.linalg.api.ndarray.INDArray;

/** Losses, each a mean. */
final class Losses {
  private Losses() {}

  /** The mean of squared differences. */
  record MeanSquaredError() implements Kind {
    @Override
    public String name() {
      return "meanSquaredError";
    }

    @Override
    public Value of(Tensor... inputs) {
      Tensor x = inputs[0];
      Tensor target = inputs[1];
      x.checkWith(name(), target);
      Shape.checkEqual(name(), x.dims(), target.dims());
      INDArray difference = x.allocate(x.dims());
      double sum = x.kernels().difference(x.array(), target.array(), difference);
      INDArray mean = x.allocate(1);
      HeapCopy.write(new double[] {sum / x.length()}, mean);
      return Value.of(
          mean,
          x.dtype(),
          (dy, back) -> {
            double factor = 2 * HeapCopy.doublesOf(dy.array())[0] / x.length();
            giveScaled(back, x, difference, factor);
            giveScaled(back, target, difference, -factor);
          });
    }

    private static void giveScaled(
        Backpropagation back, Tensor receiver, INDArray array, double factor) {
      if (back.wants(receiver)) {
        INDArray scaled = receiver.allocate(array.shape());
        receiver.kernels().affine(array, factor, 0, scaled);
        back.give(receiver, scaled);
      }
    }
  }

  static Tensor l1(Tensor x, Tensor target) {
    Shape.checkEqual("l1", x.dims(), target.dims());
    return x.sub(target).abs().mean();
  }

  static Tensor huber(Tensor x, Tensor target, double delta) {
    Shape.checkEqual("huber", x.dims(), target.dims());
    if (!(delta > 0)) {
      throw new IllegalArgumentException("huber: expected a delta above 0, got " + delta + ".");
    }
    // With c = the difference d clamped to +-delta, both branches are c (d - c / 2).
    Tensor difference = x.sub(target);
    Tensor clamped = difference.clamp(-delta, delta);
    return difference.sub(clamped.mul(0.5)).mul(clamped).mean();
  }

  static Tensor binaryCrossEntropyWithLogits(Tensor logits, Tensor target) {
    Shape.checkEqual("binaryCrossEntropyWithLogits", logits.dims(), target.dims());
    // softplus(x) = max(x, 0) + ln(1 + e^-|x|)
    return logits.softplus().sub(logits.mul(target)).mean();
  }

  static Tensor crossEntropy(Tensor logits, int... targets) {
    int classes = Math.toIntExact(logits.size(-1));
    long rows = logits.length() / classes;
    if (targets.length != rows) {
      throw new IllegalArgumentException(
          "crossEntropy: expected a target for each of the "
              + rows
              + " rows of logits "
              + Arrays.toString(logits.dims())
              + ", got "
              + targets.length
              + " targets.");
    }
    for (int i = 0; i < targets.length; i++) {
      if (targets[i] < 0 || targets[i] >= classes) {
        throw new IllegalArgumentException(
            "crossEntropy: expected targets from 0 to "
                + (classes - 1)
                + " for logits "
                + Arrays.toString(logits.dims())
                + ", got "
                + targets[i]
                + " at position "
                + i
                + ".");
      }
    }
    Tensor logarithms = logits.logSoftmax(-1).reshape(rows, classes);
    return logits.step().apply(new Rows.Pick(targets.clone()), logarithms).mean().neg();
  }
}
