package io.github.vqvae4j.tensor;

import static io.github.vqvae4j.io.ErrorText.assertSays;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import io.github.vqvae4j.random.Rng;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/** What activations, losses, and operations along axes and on pixels say of wrong operands. */
class OperationErrorsTest {
  private final List<DynamicTest> tests = new ArrayList<>();

  @TestFactory
  Stream<DynamicTest> everyMistakeIsExplained() {
    addActivationsAndLosses();
    addAxes();
    addPixels();
    addPooling();
    return tests.stream();
  }

  private void refused(String name, Consumer<Step> mistake, String... parts) {
    tests.add(
        dynamicTest(
            name,
            () -> {
              try (Step step = Step.training(new Rng(1))) {
                assertSays(
                    assertThrows(IllegalArgumentException.class, () -> mistake.accept(step)),
                    parts);
              }
            }));
  }

  private static Tensor x(Step step, long... shape) {
    return step.tensor(new float[(int) Numbers.size(shape)], shape);
  }

  private void addActivationsAndLosses() {
    refused("clamp", s -> x(s, 2).clamp(1, 0.5), "clamp", "min <= max", "min 1.0 and max 0.5");
    refused("clamp NaN", s -> x(s, 2).clamp(Double.NaN, 0.5), "min NaN");
    String equal = "equal shapes";
    refused("l1", s -> x(s, 2, 3).l1(x(s, 3)), "l1", equal, "[2, 3] and [3]");
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
    refused("cumulativeSum", s -> x(s, 2, 3).cumulativeSum(2), "cumulativeSum", "got [2]");
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
    Window window = Window.of(2, 1);
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
}
