package io.github.vqvae4j.tensor;

import static io.github.vqvae4j.tensor.ErrorCases.ints;
import static io.github.vqvae4j.tensor.ErrorCases.x;

import java.util.Arrays;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/**
 * Tests the messages of activations, losses, and axis and image operations for invalid operands.
 */
class OperationErrorsTest {
  private final ErrorCases cases = new ErrorCases();

  private void addCase(String name, Consumer<Step> call, String... fragments) {
    cases.addCase(name, call, fragments);
  }

  @TestFactory
  Stream<DynamicTest> errorMessagesAreComplete() {
    addActivationsAndLosses();
    addAxes();
    addPixels();
    addPooling();
    addReductions();
    addNorms();
    addShapes();
    addNormalizations();
    addRandomNumbers();
    return cases.tests();
  }

  private void addActivationsAndLosses() {
    addCase("clamp", s -> x(s, 2).clamp(1, 0.5), "clamp", "min <= max", "min 1.0 and max 0.5");
    addCase("clamp NaN", s -> x(s, 2).clamp(Double.NaN, 0.5), "min NaN");
    String equal = "equal shapes";
    addCase(
        "meanAbsoluteError",
        s -> x(s, 2, 3).meanAbsoluteError(x(s, 3)),
        "meanAbsoluteError",
        equal,
        "[2, 3] and [3]");
    addCase("huber", s -> x(s, 2, 3).huber(x(s, 3), 1), "huber", equal, "[2, 3] and [3]");
    addCase(
        "huber delta", s -> x(s, 2).huber(x(s, 2), 0), "huber", "delta greater than 0", "got 0.0");
    addCase(
        "binary cross-entropy",
        s -> x(s, 2, 3).binaryCrossEntropyWithLogits(x(s, 3)),
        "binaryCrossEntropyWithLogits",
        equal,
        "[2, 3] and [3]");
    addCase(
        "cross-entropy of too few",
        s -> x(s, 2, 3, 5).crossEntropy(1, 2),
        "crossEntropy",
        "each of the 6 rows",
        "[2, 3, 5]",
        "got 2 targets");
    addCase(
        "cross-entropy beyond",
        s -> x(s, 2, 3).crossEntropy(1, 3),
        "crossEntropy",
        "from 0 to 2",
        "[2, 3]",
        "got 3 at position 1");
    addCase("cross-entropy below", s -> x(s, 1, 3).crossEntropy(-1), "got -1 at position 0");
  }

  private void addAxes() {
    String expected = "from -2 to 1";
    addCase("softmax", s -> x(s, 2, 3).softmax(2), "softmax", expected, "[2, 3]", "got [2]");
    addCase("logSoftmax", s -> x(s, 2, 3).logSoftmax(-3), "logSoftmax", expected, "got [-3]");
    addCase("cumsum", s -> x(s, 2, 3).cumsum(2), "cumsum", "got [2]");
    addCase("max", s -> x(s, 2, 3).max(0, -2), "max", "distinct", expected, "got [0, -2]");
  }

  private void addPixels() {
    String images = "[batch, height, width, channels]";
    addCase("pad rank", s -> x(s, 2, 3).pad(Padding.zeros(1)), "pad", images, "[2, 3]");
    addCase(
        "pad too much",
        s -> x(s, 1, 5, 3, 2).pad(new Padding(Padding.Mode.REFLECT, 4, 0, 1, 3)),
        "pad",
        "less than 3 along axis 2",
        "[1, 9, 3, 2]",
        "got 1 and 3");
    addCase("padding", s -> Padding.zeros(-1), "Padding", "at least 0", "top -1", "right -1");
    addCase("spaceToDepth rank", s -> x(s, 2).spaceToDepth(2), "spaceToDepth", images, "[2]");
    addCase(
        "spaceToDepth",
        s -> x(s, 1, 4, 6, 1).spaceToDepth(4),
        "spaceToDepth",
        "height and width",
        "[1, 4, 6, 1]",
        "block of 4");
    addCase("spaceToDepth 0", s -> x(s, 1, 4, 6, 1).spaceToDepth(0), "got a block of 0");
    addCase(
        "depthToSpace",
        s -> x(s, 1, 1, 1, 6).depthToSpace(2),
        "depthToSpace",
        "the block squared",
        "[1, 1, 1, 6]",
        "block of 2");
    addCase("depthToSpace 0", s -> x(s, 1, 1, 1, 4).depthToSpace(-2), "got a block of -2");
  }

  private void addPooling() {
    String images = "[batch, height, width, channels]";
    ConvOptions options = ConvOptions.of(2, 1);
    addCase("maxPool rank", s -> x(s, 4, 4, 1).maxPool(2, 2, options), "maxPool", images);
    addCase(
        "maxPool padding",
        s -> x(s, 1, 4, 4, 1).maxPool(1, 2, options),
        "maxPool",
        "larger than the padding",
        "kernel 1x2",
        "before=1, after=1");
    addCase(
        "averagePool size",
        s -> x(s, 1, 2, 9, 1).averagePool(5, 2, options),
        "averagePool",
        "[1, 2, 9, 1]",
        "too small",
        "5x2",
        "before=1, after=1");
  }

  private void addReductions() {
    String expected = "from -2 to 1";
    addCase("sum keepDims", s -> x(s, 2, 3).sum(true, 2), "sum", expected, "[2, 3]", "got [2]");
    addCase("mean over", s -> x(s, 2, 3).mean(0, 0), "mean", "distinct", expected, "got [0, 0]");
    addCase("mean keepDims", s -> x(s, 2, 3).mean(true, 2), "mean", expected, "got [2]");
    addCase("max keepDims", s -> x(s, 2, 3).max(true, -3), "max", expected, "got [-3]");
    addCase("min", s -> x(s, 2, 3).min(2), "min", expected, "[2, 3]", "got [2]");
    addCase("min keepDims", s -> x(s, 2, 3).min(true, 1, 1), "min", "distinct", "got [1, 1]");
    addCase("logSumExp", s -> x(s, 2, 3).logSumExp(2), "logSumExp", expected, "got [2]");
    addCase("logSumExp keepDims", s -> x(s, 2, 3).logSumExp(true, 3), "logSumExp", "got [3]");
    addCase("var axis", s -> x(s, 2, 3).var(2), "var", expected, "got [2]");
    addCase("std axis", s -> x(s, 2, 3).std(2), "std", expected, "got [2]");
    addCase(
        "var of one",
        s -> x(s, 3, 1).var(1),
        "var",
        "more elements than the correction",
        "correction 1 and 1 element over axes [1] of shape [3, 1]");
    addCase("std of two", s -> x(s, 2, 3).std(2, true, 0), "std", "correction 2 and 2 elements");
    addCase("var below 0", s -> x(s, 2, 3).var(-1, true, 0), "var", "at least 0", "correction -1");
  }

  private void addNorms() {
    addCase("l2Normalize", s -> x(s, 2, 3).l2Normalize(2), "l2Normalize", "-2 to 1", "got [2]");
    for (double epsilon : new double[] {0, -1, Double.NaN}) {
      addCase(
          "l2Normalize by " + epsilon,
          s -> x(s, 2, 3).l2Normalize(0, epsilon),
          "l2Normalize",
          "an epsilon greater than 0",
          "got " + epsilon);
    }
    String expected = "weights [.., out] and a gain [3]";
    addCase("weightNorm", s -> x(s, 2, 3).weightNorm(x(s, 2)), "weightNorm", expected, "and [2]");
    addCase("weightNorm of a vector", s -> x(s, 3).weightNorm(x(s, 3)), expected, "got [3]");
  }

  private void addShapes() {
    addCase("stack none", s -> Tensor.stack(0, List.of()), "stack", "at least one", "none");
    addCase(
        "stack",
        s -> Tensor.stack(0, List.of(x(s, 2, 3), x(s, 3, 2))),
        "stack",
        "equal shapes",
        "[2, 3] and [3, 2]");
    addCase(
        "stack axis",
        s -> Tensor.stack(3, List.of(x(s, 2, 3))),
        "stack",
        "an axis from -3 to 2",
        "[2, 3]",
        "got 3");
    for (long[] to : new long[][] {{2, 4}, {3}, {-1, 2, 3}, {2, 0}, {-2, 3}, {}}) {
      String came = Arrays.toString(to);
      addCase("expand to " + came, s -> x(s, 2, 3).expand(to), "expand", "[2, 3]", came, "size 1");
    }
    addCase("pad", s -> x(s, 2, 3).pad(2, 1, 1, 0), "pad", "from -2 to 1", "got [2]");
    addCase("pad below 0", s -> x(s, 3).pad(0, -1, 2, 0), "pad", "at least 0", "-1 and 2", "slice");
    addCase("pad ints", s -> ints(s, 3).pad(0, 1, 0, 0.5), "pad", "an int", "got 0.5");
    addCase("padReflect", s -> x(s, 3).padReflect(1, 1, 1), "padReflect", "got [1]");
    addCase(
        "padReflect too much",
        s -> x(s, 2, 3).padReflect(1, 1, 3),
        "padReflect",
        "less than 3 along axis 1 of shape [2, 3]",
        "got 1 and 3");
    addCase(
        "matmul transposed",
        s -> x(s, 2, 3).matmul(true, x(s, 3, 4), false),
        "matmul",
        "[.., k, m] and [.., k, n]",
        "[2, 3] and [3, 4]");
    addCase(
        "scaledDotProductAttention",
        s -> Tensor.scaledDotProductAttention(x(s, 2, 3), x(s, 4, 3), x(s, 5, 3), false),
        "scaledDotProductAttention",
        "[.., length, d]",
        "[2, 3], [4, 3] and [5, 3]");
    addCase(
        "straightThrough by a function",
        s -> x(s, 2, 3).straightThrough(v -> v.sum(0)),
        "straightThrough",
        "equal shapes",
        "[2, 3] and [3]");
  }

  private void addNormalizations() {
    String expected = "weight and bias [3], or neither, and an epsilon greater than 0";
    addCase(
        "layerNorm",
        s -> x(s, 2, 3).layerNorm(x(s, 2), x(s, 3), 1),
        "layerNorm",
        expected,
        "got [2], [3] and 1.0 for shape [2, 3]");
    addCase(
        "groupNorm",
        s -> x(s, 2, 3).groupNorm(2, x(s, 3), x(s, 3), 1),
        "groupNorm",
        "divides the channels",
        "[2, 3] and 2 groups");
    addCase(
        "groupNorm without weight",
        s -> x(s, 2, 3).groupNorm(2, 1),
        "groupNorm",
        "divides the channels",
        "[2, 3] and 2 groups");
    addCase(
        "batchNorm",
        s -> x(s, 2, 3).batchNorm(x(s, 3), x(s, 3), 0),
        "batchNorm",
        expected,
        "and 0.0 for shape [2, 3]");
  }

  private void addRandomNumbers() {
    for (double rate : new double[] {-0.1, 1, Double.NaN}) {
      addCase(
          "dropout " + rate,
          s -> x(s, 2).dropout(rate),
          "dropout",
          "a rate in [0, 1)",
          "got " + rate);
    }
    for (UnaryOperator<Tensor> draw :
        List.<UnaryOperator<Tensor>>of(Tensor::normalLike, Tensor::uniformLike)) {
      cases.addCase(
          IllegalStateException.class,
          "random numbers in inference",
          s -> {
            try (Step inference = Step.inference()) {
              draw.apply(x(inference, 2));
            }
          },
          "Step.inference(rng)");
    }
    addCase(
        "requireGradient of ints",
        s -> ints(s, 2).requireGradient(),
        "requireGradient",
        "INT tensors");
    cases.addCase(
        IllegalStateException.class,
        "gradient of a result",
        s -> x(s, 2).requireGradient().neg().gradient(),
        "Tensor.gradient",
        "intermediate results",
        "requireGradient()");
    addCase(
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
