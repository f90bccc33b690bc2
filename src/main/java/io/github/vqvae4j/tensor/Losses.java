package io.github.vqvae4j.tensor;

import io.github.vqvae4j.tensor.internal.Arena;
import io.github.vqvae4j.tensor.internal.CrossEntropy;
import io.github.vqvae4j.tensor.internal.HeapCopy;
import java.util.Arrays;
import java.util.stream.IntStream;
import org.nd4j.linalg.api.ndarray.INDArray;

/** Loss functions, averaged over all elements or rows. */
final class Losses {
  /** An ignored label that matches no class. */
  private static final int NO_IGNORED_CLASS = Integer.MIN_VALUE;

  private Losses() {}

  /** The mean of the squared differences. */
  record MeanSquaredError() implements OperationKind {
    @Override
    public String name() {
      return "meanSquaredError";
    }

    @Override
    public ForwardResult forward(Tensor... inputs) {
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
      return ForwardResult.of(
          mean,
          x.dtype(),
          (dy, back) -> {
            double factor = 2 * HeapCopy.doublesOf(dy.array())[0] / x.length();
            addScaled(back, x, difference, factor);
            addScaled(back, target, difference, -factor);
          });
    }

    private static void addScaled(
        Backpropagation back, Tensor operand, INDArray array, double factor) {
      if (back.requires(operand)) {
        INDArray scaled = operand.allocate(array.shape());
        operand.kernels().affine(array, factor, 0, scaled);
        back.add(operand, scaled);
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
      throw new IllegalArgumentException(
          "huber: expected a delta greater than 0, got " + delta + ".");
    }
    // With c = clamp(d, -delta, delta) for the difference d, both branches are c (d - c / 2).
    Tensor difference = x.sub(target);
    Tensor clamped = difference.clamp(-delta, delta);
    return difference.sub(clamped.mul(0.5)).mul(clamped).mean();
  }

  static Tensor binaryCrossEntropyWithLogits(Tensor logits, Tensor target) {
    check("binaryCrossEntropyWithLogits", logits, target);
    // softplus(x) = max(x, 0) + ln(1 + e^-|x|)
    return logits.softplus().sub(logits.mul(target)).mean();
  }

  /** The mean of -ln softmax(row)[class] over the rows [n, classes] whose class is not ignored. */
  record CrossEntropyOfRows(int ignoreIndex) implements OperationKind.AnyDType {
    @Override
    public String name() {
      return "crossEntropy";
    }

    /** Inspects the rows, since kernels may hide a NaN. */
    @Override
    public boolean discardedNan(Operation operation) {
      double[] logits = operation.inputArray()[0].toDoubles();
      int[] targets = operation.inputArray()[1].toInts();
      int columns = logits.length / targets.length;
      return IntStream.range(0, logits.length)
          .allMatch(i -> targets[i / columns] == ignoreIndex || !Double.isNaN(logits[i]));
    }

    @Override
    public ForwardResult forward(Tensor... inputs) {
      Tensor logits = inputs[0];
      INDArray targets = inputs[1].array();
      INDArray xs = logits.array();
      INDArray mean = logits.allocate(1);
      Arena arena = logits.step().arena();
      double loss = CrossEntropy.mean(logits.kernels(), arena, xs, targets, ignoreIndex);
      HeapCopy.write(new double[] {loss}, mean);
      return ForwardResult.of(
          mean,
          logits.dtype(),
          (dy, back) -> {
            INDArray dx = logits.allocate(logits.dims());
            double scale = HeapCopy.doublesOf(dy.array())[0];
            CrossEntropy.gradient(logits.kernels(), xs, targets, ignoreIndex, scale, dx);
            back.add(logits, dx);
          });
    }
  }

  /**
   * Returns the shape of the targets, after checking that there is one for each row of the logits.
   */
  static long[] targetShape(Tensor logits, int... targets) {
    if (targets.length != logits.length() / logits.size(-1)) {
      throw new IllegalArgumentException(
          "crossEntropy: expected one target for each of the "
              + logits.length() / logits.size(-1)
              + " rows of logits "
              + Arrays.toString(logits.dims())
              + ", got "
              + targets.length
              + " targets.");
    }
    return Shape.without(logits.dims(), new int[] {logits.rank() - 1});
  }

  static Tensor crossEntropy(Tensor logits, Tensor targets) {
    Step.checkNoIntegers("crossEntropy", logits);
    Constants.checkInt("crossEntropy", "class tensor", targets, logits);
    int[] indices = targets.toInts();
    for (int i = 0; i < indices.length; i++) {
      if (indices[i] < 0 || indices[i] >= logits.size(-1)) {
        throw new IllegalArgumentException(
            "crossEntropy: expected targets from 0 to "
                + (logits.size(-1) - 1)
                + " for logits "
                + Arrays.toString(logits.dims())
                + ", got "
                + indices[i]
                + " at position "
                + i
                + ".");
      }
    }
    return crossEntropy(logits, targets, NO_IGNORED_CLASS);
  }

  static Tensor crossEntropy(Tensor logits, Tensor targets, int ignoreIndex) {
    Step.checkNoIntegers("crossEntropy", logits);
    Constants.checkInt("crossEntropy", "class tensor", targets, logits);
    long[] expected = Shape.without(logits.dims(), new int[] {logits.rank() - 1});
    if (!Arrays.equals(expected, targets.dims())) {
      throw new IllegalArgumentException(
          "crossEntropy: expected one target for each row of logits "
              + Arrays.toString(logits.dims())
              + ", i.e. targets "
              + Arrays.toString(expected)
              + ", got targets "
              + Arrays.toString(targets.dims())
              + ".");
    }
    Tensor rows = logits.reshape(-1, logits.size(-1));
    return logits.step().apply(new CrossEntropyOfRows(ignoreIndex), rows, targets.reshape(-1));
  }
}
