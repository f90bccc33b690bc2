package io.github.vqvae4j.tensor;

import io.github.vqvae4j.tensor.internal.Arena;
import io.github.vqvae4j.tensor.internal.CrossEntropy;
import io.github.vqvae4j.tensor.internal.HeapCopy;
import java.util.Arrays;
import java.util.stream.IntStream;
import org.nd4j.linalg.api.ndarray.INDArray;

/** Losses, each a mean. */
final class Losses {
  /** No class. */
  private static final int NONE = Integer.MIN_VALUE;

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
      check(name(), x, target);
      INDArray difference = x.allocate(x.dims());
      double sum = x.kernels().difference(x.array(), target.array(), difference);
      INDArray mean = x.allocate(1);
      HeapCopy.write(new double[] {sum / x.length()}, mean);
      if (!x.isTracked() && !target.isTracked()) {
        x.release(difference);
      }
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

  private static void check(String name, Tensor x, Tensor target) {
    Step.checkNoIntegers(name, x, target);
    x.checkWith(name, target);
    Shape.checkEqual(name, x.dims(), target.dims());
  }

  static Tensor meanAbsoluteError(Tensor x, Tensor target) {
    check("meanAbsoluteError", x, target);
    return x.sub(target).abs().mean();
  }

  static Tensor huber(Tensor x, Tensor target, double delta) {
    check("huber", x, target);
    if (!(delta > 0)) {
      throw new IllegalArgumentException("huber: expected a delta above 0, got " + delta + ".");
    }
    // With c = the difference d clamped to +-delta, both branches are c (d - c / 2).
    Tensor difference = x.sub(target);
    Tensor clamped = difference.clamp(-delta, delta);
    return difference.sub(clamped.mul(0.5)).mul(clamped).mean();
  }

  static Tensor binaryCrossEntropyWithLogits(Tensor logits, Tensor target) {
    check("binaryCrossEntropyWithLogits", logits, target);
    // softplus(x) = max(x, 0) + ln(1 + e^-|x|)
    return logits.softplus().sub(logits.mul(target)).mean();
  }

  /** The mean of -ln softmax(row)[class] over rows [n, classes] whose class is not ignored. */
  record CrossEntropyOfRows(int ignored) implements Kind.OfAnyFormat {
    @Override
    public String name() {
      return "crossEntropy";
    }

    /** By rows, since kernels may hide a NaN. */
    @Override
    public boolean leftNanOut(Operation operation) {
      double[] logits = operation.tensors()[0].toDoubles();
      int[] classes = operation.tensors()[1].toInts();
      int columns = logits.length / classes.length;
      return IntStream.range(0, logits.length)
          .allMatch(i -> classes[i / columns] == ignored || !Double.isNaN(logits[i]));
    }

    @Override
    public Value of(Tensor... inputs) {
      Tensor logits = inputs[0];
      INDArray classes = inputs[1].array();
      INDArray xs = logits.array();
      INDArray mean = logits.allocate(1);
      Arena arena = logits.step().arena();
      double value = CrossEntropy.mean(logits.kernels(), arena, xs, classes, ignored);
      HeapCopy.write(new double[] {value}, mean);
      return Value.of(
          mean,
          logits.dtype(),
          (dy, back) -> {
            INDArray dx = logits.allocate(logits.dims());
            double slope = HeapCopy.doublesOf(dy.array())[0];
            CrossEntropy.gradient(logits.kernels(), xs, classes, ignored, slope, dx);
            back.give(logits, dx);
          });
    }
  }

  /** The shape of the targets of logits, of which there must be one for each row. */
  static long[] rowsOf(Tensor logits, int... targets) {
    if (targets.length != logits.length() / logits.size(-1)) {
      throw new IllegalArgumentException(
          "crossEntropy: expected a target for each of the "
              + logits.length() / logits.size(-1)
              + " rows of logits "
              + Arrays.toString(logits.dims())
              + ", got "
              + targets.length
              + " targets.");
    }
    return Shape.without(logits.dims(), new int[] {logits.rank() - 1});
  }

  static Tensor crossEntropy(Tensor logits, Tensor classes) {
    Step.checkNoIntegers("crossEntropy", logits);
    Selection.checkInt("crossEntropy", "tensor of classes", classes, logits);
    int[] targets = classes.toInts();
    for (int i = 0; i < targets.length; i++) {
      if (targets[i] < 0 || targets[i] >= logits.size(-1)) {
        throw new IllegalArgumentException(
            "crossEntropy: expected targets from 0 to "
                + (logits.size(-1) - 1)
                + " for logits "
                + Arrays.toString(logits.dims())
                + ", got "
                + targets[i]
                + " at position "
                + i
                + ".");
      }
    }
    return crossEntropy(logits, classes, NONE);
  }

  static Tensor crossEntropy(Tensor logits, Tensor classes, int ignored) {
    Step.checkNoIntegers("crossEntropy", logits);
    Selection.checkInt("crossEntropy", "tensor of classes", classes, logits);
    long[] expected = Shape.without(logits.dims(), new int[] {logits.rank() - 1});
    if (!Arrays.equals(expected, classes.dims())) {
      throw new IllegalArgumentException(
          "crossEntropy: expected a target for each row of logits "
              + Arrays.toString(logits.dims())
              + ", that is targets "
              + Arrays.toString(expected)
              + ", got targets "
              + Arrays.toString(classes.dims())
              + ".");
    }
    Tensor rows = logits.reshape(-1, logits.size(-1));
    return logits.step().apply(new CrossEntropyOfRows(ignored), rows, classes.reshape(-1));
  }
}
