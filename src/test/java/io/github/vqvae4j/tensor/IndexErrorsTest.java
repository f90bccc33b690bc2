package io.github.vqvae4j.tensor;

import static io.github.vqvae4j.tensor.ErrorCases.ints;
import static io.github.vqvae4j.tensor.ErrorCases.x;

import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/** Tests the messages of operations with INT operands or results. */
class IndexErrorsTest {
  private final ErrorCases cases = new ErrorCases();

  private void addCase(String name, Consumer<Step> call, String... fragments) {
    cases.addCase(name, call, fragments);
  }

  @TestFactory
  Stream<DynamicTest> errorMessagesAreComplete() {
    addComparisons();
    addChoices();
    addConversions();
    addExtremes();
    addLookups();
    addClasses();
    return cases.tests();
  }

  private void addComparisons() {
    String fit = "sizes must be equal or 1";
    addCase("lt", s -> x(s, 2, 3).lt(x(s, 2)), "lt", "[2, 3]", "[2]", fit);
    addCase("le", s -> x(s, 2, 3).le(x(s, 2)), "le", "[2, 3]", "[2]", fit);
    addCase("gt", s -> x(s, 2, 3).gt(x(s, 2)), "gt", "[2, 3]", "[2]", fit);
    addCase("ge", s -> x(s, 2, 3).ge(x(s, 2)), "ge", "[2, 3]", "[2]", fit);
    addCase(
        "eq", s -> x(s, 2, 3).eq(ints(s, 2, 3)), "eq", "same step and data type", "FLOAT and INT");
    addCase("ne", s -> ints(s, 2, 3).ne(x(s, 2, 3)), "ne", "INT and FLOAT");
  }

  private void addChoices() {
    addCase(
        "where by floats",
        s -> Tensor.where(x(s, 2), x(s, 2), x(s, 2)),
        "where",
        "an INT condition",
        "got FLOAT");
    addCase(
        "where of two formats",
        s -> Tensor.where(ints(s, 2), x(s, 2), ints(s, 2)),
        "where",
        "FLOAT and INT");
    addCase(
        "where of two shapes",
        s -> Tensor.where(ints(s, 4), x(s, 2, 3), x(s, 3)),
        "where",
        "[4]",
        "[2, 3]",
        "equal or 1");
    addCase(
        "maskedFill by floats",
        s -> x(s, 2).maskedFill(x(s, 2), 1),
        "maskedFill",
        "an INT mask",
        "got FLOAT");
    addCase(
        "maskedFill by a larger mask",
        s -> x(s, 3).maskedFill(ints(s, 2, 3), 1),
        "maskedFill",
        "a mask that broadcasts to shape [3]",
        "got [2, 3]");
    addCase(
        "maskedFill of ints by a half",
        s -> ints(s, 3).maskedFill(ints(s, 3), 0.5),
        "maskedFill",
        "an int",
        "got 0.5");
  }

  private void addConversions() {
    for (double value : new double[] {Double.NaN, 1e10, Double.NEGATIVE_INFINITY}) {
      addCase(
          "to INT of " + value,
          s -> s.tensor(new double[] {1, value}, 2).to(DType.INT),
          "to",
          "values in the range of int",
          "got " + value,
          "position 1 of shape [2]");
    }
  }

  private void addExtremes() {
    String axes = "from -2 to 1";
    addCase("argmax", s -> x(s, 2, 3).argmax(2), "argmax", axes, "[2, 3]", "got [2]");
    addCase("argmin", s -> x(s, 2, 3).argmin(-3), "argmin", axes, "[2, 3]", "got [-3]");
    addCase("argmax keepDims", s -> x(s, 2, 3).argmax(true, 2), "argmax", axes, "got [2]");
    addCase("argmin keepDims", s -> x(s, 2, 3).argmin(true, 3), "argmin", axes, "got [3]");
    for (int k : new int[] {0, 4}) {
      addCase(
          "topK " + k,
          s -> x(s, 2, 3).topK(k, -1),
          "topK",
          "k from 1 to 3",
          "axis 1 of shape [2, 3]",
          "got " + k);
    }
    addCase("topK axis", s -> x(s, 2, 3).topK(1, 2), "topK", axes, "got [2]");
    addCase("topK of ints", s -> ints(s, 2, 3).topK(1, 1), "topK", "FLOAT or DOUBLE", "to(DType");
  }

  private void addLookups() {
    String of = "an INT index tensor";
    addCase("gather by floats", s -> x(s, 2, 3).gather(1, x(s, 2, 1)), "gather", of, "got FLOAT");
    addCase(
        "gather of another shape",
        s -> x(s, 2, 3).gather(1, ints(s, 1, 3)),
        "gather",
        "indices of shape [2, 3] except along axis 1",
        "got [1, 3]");
    addCase(
        "gather of another rank",
        s -> x(s, 2, 3).gather(0, ints(s, 3)),
        "except along axis 0",
        "[3]");
    addCase("gather axis", s -> x(s, 2, 3).gather(2, ints(s, 2, 3)), "from -2 to 1", "got [2]");
    addCase(
        "gather beyond",
        s -> x(s, 2, 3).gather(1, s.tensor(new int[] {0, 3}, 2, 1)),
        "gather",
        "indices from 0 to 2",
        "got 3 at position 1");
    addCase(
        "gather below",
        s -> x(s, 2, 3).gather(1, s.tensor(new int[] {-1, 0}, 2, 1)),
        "indices from 0 to 2",
        "got -1 at position 0");
    // The position refers to the tensor as passed, for every axis.
    addCase(
        "gather beyond along the first axis",
        s -> x(s, 2, 3).gather(0, s.tensor(new int[] {0, 1, 0, 0, 0, 2}, 2, 3)),
        "gather",
        "indices from 0 to 1",
        "got 2 at position 5");
    addCase("scatterAdd by floats", s -> x(s, 2).scatterAdd(0, x(s, 1), x(s, 1)), of, "got FLOAT");
    addCase(
        "scatterAdd of another shape",
        s -> x(s, 2, 3).scatterAdd(1, ints(s, 2, 1), x(s, 2, 2)),
        "scatterAdd",
        "equal shapes",
        "[2, 1]",
        "[2, 2]");
    addCase(
        "scatterAdd of another format",
        s -> x(s, 2, 3).scatterAdd(1, ints(s, 2, 1), ints(s, 2, 1)),
        "scatterAdd",
        "FLOAT and INT");
    addCase(
        "scatterAdd beyond",
        s -> x(s, 2).scatterAdd(0, s.tensor(new int[] {2}, 1), x(s, 1)),
        "scatterAdd",
        "indices from 0 to 1",
        "got 2 at position 0");
    addCase("indexSelect by floats", s -> x(s, 2).indexSelect(0, x(s, 2)), of, "got FLOAT");
    addCase("indexSelect axis", s -> x(s, 2).indexSelect(1, ints(s, 2)), "from -1 to 0", "got [1]");
    addCase(
        "indexSelect beyond",
        s -> x(s, 2, 3).indexSelect(1, s.tensor(new int[] {0, 3}, 2)),
        "indexSelect",
        "indices from 0 to 2",
        "got 3 at position 1");
    addCase(
        "embedding beyond",
        s -> x(s, 2, 3).embedding(s.tensor(new int[] {1, 1, 2, 0}, 2, 2)),
        "embedding",
        "indices from 0 to 1",
        "got 2 at position 2");
    addCase("embedding by floats", s -> x(s, 2, 3).embedding(x(s, 2)), "embedding", of);
  }

  private void addClasses() {
    addCase(
        "oneHot of floats",
        s -> x(s, 2).oneHot(3, DType.FLOAT),
        "oneHot",
        "an INT class tensor",
        "got FLOAT");
    addCase("oneHot of none", s -> ints(s, 2).oneHot(0, DType.INT), "at least 1 class", "got 0");
    addCase(
        "oneHot beyond",
        s -> s.tensor(new int[] {0, 3}, 2).oneHot(3, DType.FLOAT),
        "oneHot",
        "indices from 0 to 2",
        "got 3 at position 1");
    addCase(
        "crossEntropy of ints",
        s -> ints(s, 2, 3).crossEntropy(ints(s, 2)),
        "crossEntropy",
        "FLOAT or DOUBLE",
        "INT tensor of shape [2, 3]");
    String classes = "an INT class tensor";
    addCase("crossEntropy by floats", s -> x(s, 2, 3).crossEntropy(x(s, 2)), classes, "FLOAT");
    addCase(
        "crossEntropy of another shape",
        s -> x(s, 2, 3).crossEntropy(ints(s, 3)),
        "crossEntropy",
        "logits [2, 3]",
        "targets [2]",
        "got targets [3]");
    addCase(
        "crossEntropy beyond",
        s -> x(s, 2, 3).crossEntropy(s.tensor(new int[] {0, 3}, 2)),
        "crossEntropy",
        "from 0 to 2",
        "got 3 at position 1");
    addCase(
        "crossEntropy beyond, but for those left out",
        s -> x(s, 3, 3).crossEntropy(s.tensor(new int[] {-1, 0, 5}, 3), -1),
        "crossEntropy",
        "5");
  }
}
