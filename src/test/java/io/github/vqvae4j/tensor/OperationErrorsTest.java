package io.github.vqvae4j.tensor;

import static io.github.vqvae4j.tensor.Refusals.ints;
import static io.github.vqvae4j.tensor.Refusals.x;

import java.util.Arrays;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/** What activations, losses, and operations along axes and on pixels say of wrong operands. */
class OperationErrorsTest {
  private final Refusals refusals = new Refusals();

  private void refused(String name, Consumer<Step> mistake, String... parts) {
    refusals.refused(name, mistake, parts);
  }

  @TestFactory
  Stream<DynamicTest> everyMistakeIsExplained() {
    addActivationsAndLosses();
    addAxes();
    addPixels();
    addPooling();
    addReductions();
    addNorms();
    addShapes();
    addNormalizations();
    addRandomNumbers();
    return refusals.tests();
  }

  private void addActivationsAndLosses() {
    refused("clamp", s -> x(s, 2).clamp(1, 0.5), "clamp", "min <= max", "min 1.0 and max 0.5");
    refused("clamp NaN", s -> x(s, 2).clamp(Double.NaN, 0.5), "min NaN");
    String equal = "equal shapes";
    refused(
        "meanAbsoluteError",
        s -> x(s, 2, 3).meanAbsoluteError(x(s, 3)),
        "meanAbsoluteError",
        equal,
        "[2, 3] and [3]");
    refused("huber", s -> x(s, 2, 3).huber(x(s, 3), 1), "huber", equal, "[2, 3] and [3]");
    refused("huber delta", s -> x(s, 2).huber(x(s, 2), 0), "huber", "delta above 0", "got 0.0");
    refused(
        "binary cross-entropy",
        s -> x(s, 2, 3).binaryCrossEntropyWithLogits(x(s, 3)),
        "binaryCrossEntropyWithLogits",
        equal,
        "[2, 3] and [3]");
    refused(
        "cross-entropy of too few",
        s -> x(s, 2, 3, 5).crossEntropy(1, 2),
        "crossEntropy",
        "each of the 6 rows",
        "[2, 3, 5]",
        "got 2 targets");
    refused(
        "cross-entropy beyond",
        s -> x(s, 2, 3).crossEntropy(1, 3),
        "crossEntropy",
        "from 0 to 2",
        "[2, 3]",
        "got 3 at position 1");
    refused("cross-entropy below", s -> x(s, 1, 3).crossEntropy(-1), "got -1 at position 0");
  }

  private void addAxes() {
    String expected = "from -2 to 1";
    refused("softmax", s -> x(s, 2, 3).softmax(2), "softmax", expected, "[2, 3]", "got [2]");
    refused("logSoftmax", s -> x(s, 2, 3).logSoftmax(-3), "logSoftmax", expected, "got [-3]");
    refused("cumsum", s -> x(s, 2, 3).cumsum(2), "cumsum", "got [2]");
    refused("max", s -> x(s, 2, 3).max(0, -2), "max", "distinct", expected, "got [0, -2]");
  }

  private void addPixels() {
    String images = "[batch, height, width, channels]";
    refused("pad rank", s -> x(s, 2, 3).pad(Padding.zeros(1)), "pad", images, "[2, 3]");
    refused(
        "pad too much",
        s -> x(s, 1, 5, 3, 2).pad(new Padding(Padding.Mode.REFLECT, 4, 0, 1, 3)),
        "pad",
        "1 and 3 elements along axis 2",
        "[1, 9, 3, 2]",
        "fewer than its size 3");
    refused("padding", s -> Padding.zeros(-1), "Padding", "at least 0", "top -1", "right -1");
    refused("spaceToDepth rank", s -> x(s, 2).spaceToDepth(2), "spaceToDepth", images, "[2]");
    refused(
        "spaceToDepth",
        s -> x(s, 1, 4, 6, 1).spaceToDepth(4),
        "spaceToDepth",
        "height and width",
        "[1, 4, 6, 1]",
        "block of 4");
    refused("spaceToDepth 0", s -> x(s, 1, 4, 6, 1).spaceToDepth(0), "got a block of 0");
    refused(
        "depthToSpace",
        s -> x(s, 1, 1, 1, 6).depthToSpace(2),
        "depthToSpace",
        "the block squared",
        "[1, 1, 1, 6]",
        "block of 2");
    refused("depthToSpace 0", s -> x(s, 1, 1, 1, 4).depthToSpace(-2), "got a block of -2");
  }

  private void addPooling() {
    String images = "[batch, height, width, channels]";
    ConvOptions window = ConvOptions.of(2, 1);
    refused("maxPool rank", s -> x(s, 4, 4, 1).maxPool(2, 2, window), "maxPool", images);
    refused(
        "maxPool padding",
        s -> x(s, 1, 4, 4, 1).maxPool(1, 2, window),
        "maxPool",
        "larger than the padding",
        "kernel 1x2",
        "before=1, after=1");
    refused(
        "averagePool size",
        s -> x(s, 1, 2, 9, 1).averagePool(5, 2, window),
        "averagePool",
        "[1, 2, 9, 1]",
        "too small",
        "5x2",
        "before=1, after=1");
  }

  private void addReductions() {
    String expected = "from -2 to 1";
    refused("sum kept", s -> x(s, 2, 3).sum(true, 2), "sum", expected, "[2, 3]", "got [2]");
    refused("mean over", s -> x(s, 2, 3).mean(0, 0), "mean", "distinct", expected, "got [0, 0]");
    refused("mean kept", s -> x(s, 2, 3).mean(true, 2), "mean", expected, "got [2]");
    refused("max kept", s -> x(s, 2, 3).max(true, -3), "max", expected, "got [-3]");
    refused("min", s -> x(s, 2, 3).min(2), "min", expected, "[2, 3]", "got [2]");
    refused("min kept", s -> x(s, 2, 3).min(true, 1, 1), "min", "distinct", "got [1, 1]");
    refused("logSumExp", s -> x(s, 2, 3).logSumExp(2), "logSumExp", expected, "got [2]");
    refused("logSumExp kept", s -> x(s, 2, 3).logSumExp(true, 3), "logSumExp", "got [3]");
    refused("var axis", s -> x(s, 2, 3).var(2), "var", expected, "got [2]");
    refused("std axis", s -> x(s, 2, 3).std(2), "std", expected, "got [2]");
    refused(
        "var of one",
        s -> x(s, 3, 1).var(1),
        "var",
        "more elements than it",
        "correction 1 and 1 element over axes [1] of shape [3, 1]");
    refused("std of two", s -> x(s, 2, 3).std(2, true, 0), "std", "correction 2 and 2 elements");
    refused("var below 0", s -> x(s, 2, 3).var(-1, true, 0), "var", "at least 0", "correction -1");
  }

  private void addNorms() {
    refused("l2Normalize", s -> x(s, 2, 3).l2Normalize(2), "l2Normalize", "-2 to 1", "got [2]");
    for (double epsilon : new double[] {0, -1, Double.NaN}) {
      refused(
          "l2Normalize by " + epsilon,
          s -> x(s, 2, 3).l2Normalize(0, epsilon),
          "l2Normalize",
          "an epsilon above 0",
          "got " + epsilon);
    }
    String expected = "weights [.., out] and a gain [3]";
    refused("weightNorm", s -> x(s, 2, 3).weightNorm(x(s, 2)), "weightNorm", expected, "and [2]");
    refused("weightNorm of a vector", s -> x(s, 3).weightNorm(x(s, 3)), expected, "got [3]");
  }

  private void addShapes() {
    refused("stack none", s -> Tensor.stack(0, List.of()), "stack", "at least one", "none");
    refused(
        "stack",
        s -> Tensor.stack(0, List.of(x(s, 2, 3), x(s, 3, 2))),
        "stack",
        "equal shapes",
        "[2, 3] and [3, 2]");
    refused(
        "stack axis",
        s -> Tensor.stack(3, List.of(x(s, 2, 3))),
        "stack",
        "an axis from -3 to 2",
        "[2, 3]",
        "got 3");
    for (long[] to : new long[][] {{2, 4}, {3}, {-1, 2, 3}, {2, 0}, {-2, 3}, {}}) {
      String came = Arrays.toString(to);
      refused("expand to " + came, s -> x(s, 2, 3).expand(to), "expand", "[2, 3]", came, "size 1");
    }
    refused("pad", s -> x(s, 2, 3).pad(2, 1, 1, 0), "pad", "from -2 to 1", "got [2]");
    refused("pad below 0", s -> x(s, 3).pad(0, -1, 2, 0), "pad", "at least 0", "-1 and 2", "slice");
    refused("pad ints", s -> ints(s, 3).pad(0, 1, 0, 0.5), "pad", "an int", "got 0.5");
    refused("padReflect", s -> x(s, 3).padReflect(1, 1, 1), "padReflect", "got [1]");
    refused(
        "padReflect too much",
        s -> x(s, 2, 3).padReflect(1, 1, 3),
        "padReflect",
        "1 and 3 elements along axis 1 of shape [2, 3]",
        "fewer than its size 3");
    refused(
        "matmul transposed",
        s -> x(s, 2, 3).matmul(true, x(s, 3, 4), false),
        "matmul",
        "[.., k, m] and [.., k, n]",
        "[2, 3] and [3, 4]");
    refused(
        "scaledDotProductAttention",
        s -> Tensor.scaledDotProductAttention(x(s, 2, 3), x(s, 4, 3), x(s, 5, 3), false),
        "scaledDotProductAttention",
        "[.., length, d]",
        "[2, 3], [4, 3] and [5, 3]");
    refused(
        "straightThrough by a function",
        s -> x(s, 2, 3).straightThrough(v -> v.sum(0)),
        "straightThrough",
        "equal shapes",
        "[2, 3] and [3]");
  }

  private void addNormalizations() {
    String expected = "weight and bias [3], or neither, and an epsilon above 0";
    refused(
        "layerNorm",
        s -> x(s, 2, 3).layerNorm(x(s, 2), x(s, 3), 1),
        "layerNorm",
        expected,
        "got [2], [3] and 1.0 for shape [2, 3]");
    refused(
        "groupNorm",
        s -> x(s, 2, 3).groupNorm(2, x(s, 3), x(s, 3), 1),
        "groupNorm",
        "divides the channels",
        "[2, 3] and 2 groups");
    refused(
        "groupNorm without weight",
        s -> x(s, 2, 3).groupNorm(2, 1),
        "groupNorm",
        "divides the channels",
        "[2, 3] and 2 groups");
    refused(
        "batchNorm",
        s -> x(s, 2, 3).batchNorm(x(s, 3), x(s, 3), 0),
        "batchNorm",
        expected,
        "and 0.0 for shape [2, 3]");
  }

  private void addRandomNumbers() {
    for (double rate : new double[] {-0.1, 1, Double.NaN}) {
      refused(
          "dropout " + rate,
          s -> x(s, 2).dropout(rate),
          "dropout",
          "a rate from 0 to below 1",
          "got " + rate);
    }
    for (UnaryOperator<Tensor> draw :
        List.<UnaryOperator<Tensor>>of(Tensor::normalLike, Tensor::uniformLike)) {
      refusals.refused(
          IllegalStateException.class,
          "random numbers in inference",
          s -> {
            try (Step inference = Step.inference()) {
              draw.apply(x(inference, 2));
            }
          },
          "Step.inference(rng)");
    }
    refused(
        "requireGradient of ints",
        s -> ints(s, 2).requireGradient(),
        "requireGradient",
        "integers");
    refusals.refused(
        IllegalStateException.class,
        "gradient of a result",
        s -> x(s, 2).requireGradient().neg().gradient(),
        "Tensor.gradient",
        "a result in between",
        "requireGradient()");
    refused(
        "release",
        s -> {
          try (Step other = Step.inference()) {
            x(s, 2).release(x(other, 2));
          }
        },
        "release",
        "same step");
  }
}
