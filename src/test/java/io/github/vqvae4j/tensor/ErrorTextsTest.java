package io.github.vqvae4j.tensor;

import static io.github.vqvae4j.io.ErrorText.assertMessageContains;
import static io.github.vqvae4j.tensor.ErrorCases.x;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import io.github.vqvae4j.tensor.internal.FusedConvolution;
import io.github.vqvae4j.tensor.internal.FusedConvolution.Form;
import java.util.Arrays;
import java.util.List;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/** Tests the messages of operations for invalid operands: what was expected and what was given. */
class ErrorTextsTest {
  private final ErrorCases cases = new ErrorCases();

  private void addCase(String name, Consumer<Step> call, String... fragments) {
    cases.addCase(name, call, fragments);
  }

  @TestFactory
  Stream<DynamicTest> errorMessagesAreComplete() {
    addElementwise();
    addSums();
    addProductsAndRows();
    addShapes();
    addConvolutions();
    addTransposedConvolutions();
    addInputs();
    return cases.tests();
  }

  private void addElementwise() {
    String remedy = "sizes must be equal or 1";
    addCase("add", s -> x(s, 2, 3).add(x(s, 3, 2)), "add", "[2, 3]", "[3, 2]", remedy);
    addCase("sub", s -> x(s, 2, 3).sub(x(s, 2)), "sub", "[2, 3]", "[2]", remedy);
    addCase("mul", s -> x(s, 5).mul(x(s, 2, 3)), "mul", "[5]", "[2, 3]", remedy);
    addCase("div", s -> x(s, 4, 1).div(x(s, 2, 3, 3)), "div", "[4, 1]", "[2, 3, 3]", remedy);
    addCase("maximum", s -> x(s, 5).maximum(x(s, 2)), "maximum", "[5]", "[2]", remedy);
    addCase("minimum", s -> x(s, 5).minimum(x(s, 2)), "minimum", "[5]", "[2]", remedy);
    addCase(
        "meanSquaredError",
        s -> x(s, 2, 3).meanSquaredError(x(s, 3)),
        "meanSquaredError",
        "equal shapes",
        "[2, 3]",
        "[3]");
    addCase(
        "straightThrough",
        s -> x(s, 2, 3).straightThrough(x(s, 1, 3)),
        "straightThrough",
        "equal shapes",
        "[2, 3]",
        "[1, 3]");
  }

  private void addSums() {
    String expected = "from -2 to 1";
    addCase("sum", s -> x(s, 2, 3).sum(2), "sum", expected, "[2, 3]", "got [2]");
    addCase("mean", s -> x(s, 2, 3).mean(-3), expected, "[2, 3]", "got [-3]");
    addCase("sum twice", s -> x(s, 2, 3).sum(0, -2), "distinct", expected, "got [0, -2]");
    addCase("size", s -> x(s, 2, 3).size(2), "size", expected, "got [2]");
  }

  private void addProductsAndRows() {
    String matrices = "[.., m, k] and [.., k, n]";
    addCase("matmul", s -> x(s, 2, 3).matmul(x(s, 2, 3)), "matmul", matrices, "[2, 3] and [2, 3]");
    addCase("matmul rank", s -> x(s, 3).matmul(x(s, 3, 1)), matrices, "[3] and [3, 1]");
    String segments = "segmentSum: expected one segment for each slice";
    addCase("segments", s -> x(s, 2, 3).segmentSum(s.tensor(new int[3], 3), 2), segments, "[3]");
    addCase(
        "segments of integers",
        s -> s.tensor(new int[3], 3).segmentSum(s.tensor(new int[3], 3), 2),
        "segmentSum: expected a FLOAT or DOUBLE tensor");
    addCase(
        "segment beyond",
        s -> x(s, 2, 3).segmentSum(s.tensor(new int[] {1, 2}, 2), 2),
        "segmentSum: expected indices from 0 to 1, got 2 at position 1.");
    addCase(
        "segment below",
        s -> x(s, 2, 3).segmentSum(s.tensor(new int[] {-1, 2}, 2), 2),
        "segmentSum: expected indices from 0 to 1, got -1 at position 0.");
    addCase(
        "embedding beyond",
        s -> x(s, 2, 3).embedding(s.tensor(new int[] {0, 2}, 2)),
        "expected indices from 0 to 1, got 2 at position 1.");
    addCase("segments in float", s -> x(s, 2, 3).segmentSum(x(s, 2), 2), "segmentSum", "INT");
    addCase(
        "nearestRows",
        s -> x(s, 2, 3).nearestRows(x(s, 5, 4)),
        "nearestRows",
        "[n, d]",
        "[k, d]",
        "[2, 3]",
        "[5, 4]");
  }

  private void addShapes() {
    for (long[] shape :
        new long[][] {
          {4, 2}, {-1, 4}, {-1, -1}, {-2, 3}, {0, -1}, {}, {7, -1}, {1L << 32, 1L << 32}
        }) {
      String text = Arrays.toString(shape);
      addCase("reshape " + text, s -> x(s, 2, 3).reshape(shape), "reshape", "[2, 3]", "6", text);
    }
    long[] overflowing = new long[33];
    Arrays.fill(overflowing, 4);
    overflowing[0] = -1;
    addCase("reshape to 4^32", s -> x(s, 2, 3).reshape(overflowing), "reshape", "[2, 3]", "[-1, 4");
    addCase("permute", s -> x(s, 2, 3).permute(1), "permute", "all 2 axes", "[2, 3]", "got [1]");
    addCase("permute none", s -> x(s, 2, 3).permute(), "all 2 axes", "got []");
    addCase("permute twice", s -> x(s, 2, 3).permute(1, 1), "distinct", "got [1, 1]");
    for (long[] range : new long[][] {{-1, 2}, {1, 1}, {2, 1}, {0, 4}}) {
      addCase(
          "slice " + Arrays.toString(range),
          s -> x(s, 2, 3).slice(-1, range[0], range[1]),
          "slice",
          "0 <= start < end <= 3",
          "axis 1",
          "[2, 3]",
          "start " + range[0] + " and end " + range[1]);
    }
    addCase("slice axis", s -> x(s, 2, 3).slice(2, 0, 1), "slice", "from -2 to 1", "got [2]");
    addCase("concat none", s -> Tensor.concat(0, List.of()), "concat", "at least one", "none");
    addCase(
        "concat",
        s -> Tensor.concat(-2, List.of(x(s, 2, 3), x(s, 2, 3), x(s, 2, 4))),
        "concat",
        "except along axis 0",
        "[2, 3]",
        "[2, 4]");
    addCase(
        "concat ranks",
        s -> Tensor.concat(0, List.of(x(s, 2, 3), x(s, 2))),
        "except along axis 0",
        "[2, 3]",
        "[2]");
    addCase("concat axis", s -> Tensor.concat(2, List.of(x(s, 2, 3))), "from -2 to 1", "got [2]");
    String images = "[batch, height, width, channels]";
    addCase("upsample rank", s -> x(s, 2, 3).upsample(2), "upsample", images, "[2, 3]", "factor 2");
    addCase("upsample", s -> x(s, 1, 1, 1, 1).upsample(0), "at least 1", "factor 0");
  }

  private void addConvolutions() {
    ConvOptions options = ConvOptions.of(1, 0);
    String layout = "[kernel height, kernel width, in, out]";
    addCase(
        "conv2d channels",
        s -> x(s, 1, 5, 5, 3).conv2d(x(s, 3, 3, 2, 4), null, options),
        "conv2d",
        "[batch, height, width, in]",
        layout,
        "[1, 5, 5, 3]",
        "[3, 3, 2, 4]");
    addCase(
        "conv2d rank",
        s -> x(s, 5, 5, 3).conv2d(x(s, 3, 3, 3, 4), null, options),
        layout,
        "[5, 5, 3]",
        "[3, 3, 3, 4]");
    addCase(
        "conv2d bias",
        s -> x(s, 1, 5, 5, 3).conv2d(x(s, 3, 3, 3, 4), x(s, 3), options),
        "conv2d",
        "a bias [4]",
        "got [3]");
    addCase(
        "conv2d bias rank",
        s -> x(s, 1, 5, 5, 3).conv2d(x(s, 3, 3, 3, 4), x(s, 1, 4), options),
        "a bias [4]",
        "got [1, 4]");
    addCase(
        "conv2d residual",
        s ->
            FusedConvolution.of(
                Form.CONV_2D,
                x(s, 1, 5, 5, 3),
                x(s, 3, 3, 3, 4),
                null,
                x(s, 1, 5, 5, 4),
                true,
                options),
        "conv2d",
        "residual of the shape of the result [1, 3, 3, 4]",
        "got [1, 5, 5, 4]");
    addCase(
        "conv2d size",
        s -> x(s, 1, 2, 5, 3).conv2d(x(s, 4, 3, 3, 4), null, ConvOptions.of(1, 0)),
        "conv2d",
        "[1, 2, 5, 3]",
        "too small",
        "4x3",
        "before=0, after=0");
    addCase(
        "stride", s -> ConvOptions.of(0, 1), "ConvOptions.stride: expected 1 to 16777216, got 0.");
    addCase(
        "padding",
        s -> ConvOptions.of(1, 0).stride(1, 2).padding(-1, 3),
        "ConvOptions.padding: expected at least 0, got -1.");
    addCase(
        "padding of one side",
        s -> ConvOptions.of(1, 0).stride(1, 2).padding(0, 1, 2, -3),
        "ConvOptions.padding: expected at least 0, got -3.");
  }

  private void addTransposedConvolutions() {
    ConvOptions options = ConvOptions.of(1, 0);
    addCase(
        "convTranspose2d channels",
        s -> x(s, 1, 5, 5, 3).convTranspose2d(x(s, 3, 3, 3, 4), null, options),
        "convTranspose2d",
        "[kernel height, kernel width, out, in]",
        "[1, 5, 5, 3]",
        "[3, 3, 3, 4]");
    addCase(
        "convTranspose2d bias",
        s -> x(s, 1, 5, 5, 3).convTranspose2d(x(s, 3, 3, 4, 3), x(s, 3), options),
        "a bias [4]",
        "got [3]");
    addCase(
        "convTranspose2d residual",
        s ->
            FusedConvolution.of(
                Form.CONV_TRANSPOSE_2D,
                x(s, 1, 5, 5, 3),
                x(s, 3, 3, 4, 3),
                null,
                x(s, 1, 5, 5, 4),
                false,
                options),
        "[1, 7, 7, 4]",
        "got [1, 5, 5, 4]");
    addCase(
        "convTranspose2d size",
        s -> x(s, 1, 1, 1, 3).convTranspose2d(x(s, 2, 2, 4, 3), null, ConvOptions.of(2, 1)),
        "convTranspose2d",
        "[1, 1, 1, 3]",
        "too small",
        "2x2",
        "before=1, after=1");
  }

  private void addInputs() {
    addCase("tensor", s -> s.tensor(new float[5], 2, 3), "[2, 3]", "6 elements", "5 values");
    addCase("tensor in double", s -> s.tensor(new double[7], 2, 3), "[2, 3]", "6", "7 values");
    addCase(
        "tensor of 0",
        s -> s.tensor(new float[0], 2, 0),
        "Step.tensor: expected dimensions of at least 1, got shape [2, 0].");
    addCase(
        "tensor of one element",
        s -> s.tensor(new float[2], 1),
        "Step.tensor: shape [1] has 1 element, got 2 values.");
    addCase(
        "reshape of one element",
        s -> x(s, 1).reshape(3),
        "reshape: expected a shape with 1 element, got [3] for a tensor of shape [1].");
    addCase(
        "tensor of no shape", s -> s.tensor(new float[1]), "Step.tensor: ", "[]", "scalar", "[1]");
    addCase(
        "read",
        s -> x(s, 2, 3).read(4, new float[9], 1, 3),
        "Tensor.read: expected ranges within",
        "6 elements",
        "9 elements",
        "got 3",
        "4",
        "1");
    cases.add(
        dynamicTest(
            "item",
            () -> {
              try (Step step = Step.inference()) {
                Tensor x = x(step, 2, 3);
                assertMessageContains(
                    assertThrows(IllegalStateException.class, x::item), "one element", "[2, 3]");
                Tensor precise = step.tensor(new double[1], 1);
                assertMessageContains(
                    assertThrows(
                        IllegalStateException.class, () -> precise.read(0, new float[1], 0, 1)),
                    "DOUBLE",
                    "toDoubles()");
              }
            }));
  }
}
