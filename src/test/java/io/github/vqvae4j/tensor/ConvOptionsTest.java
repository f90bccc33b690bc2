package io.github.vqvae4j.tensor;

import static io.github.vqvae4j.io.ErrorText.assertMessageContains;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.github.vqvae4j.random.Rng;
import io.github.vqvae4j.tensor.internal.FusedConvolution;
import io.github.vqvae4j.tensor.internal.FusedConvolution.Form;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.aggregator.ArgumentsAccessor;
import org.junit.jupiter.params.provider.CsvSource;

/** Tests the settings of convolutions and the messages for invalid settings and operands. */
class ConvOptionsTest {
  private static final ConvOptions PLAIN = ConvOptions.of(1, 0);

  @Test
  void settersKeepOtherSettings() {
    ConvOptions options =
        PLAIN.stride(2, 3).padding(4, 5).dilation(6, 7).groups(8).outputPadding(1, 2);
    ConvOptions.Axis height = new ConvOptions.Axis(2, 4, 4, 6, 1);
    ConvOptions.Axis width = new ConvOptions.Axis(3, 5, 5, 7, 2);
    assertEquals(new ConvOptions(height, width, 8), options);
    assertEquals(options, options.stride(2, 3));
    assertEquals(options, options.padding(4, 5));
    ConvOptions uneven = options.padding(1, 2, 3, 4);
    assertEquals(
        new ConvOptions(
            new ConvOptions.Axis(2, 1, 2, 6, 1), new ConvOptions.Axis(3, 3, 4, 7, 2), 8),
        uneven);
    assertEquals(options, uneven.padding(4, 5));
    assertEquals(options, options.dilation(6, 7));
    assertEquals(options, options.groups(8));
  }

  /** Output padding restores each input size that a strided convolution maps to one output size. */
  @Test
  void transposedSizeInvertsConvolutionSize() {
    for (int size = 7; size <= 9; size++) {
      ConvOptions options = ConvOptions.of(1, 0).stride(3, 3).padding(1, 1).dilation(2, 2);
      long small = options.height().size(size, 3);
      long missing = size - options.height().transposedSize(small, 3);
      ConvOptions back = options.outputPadding((int) missing, (int) missing);
      assertEquals(size, back.height().transposedSize(small, 3));
      assertEquals(size, back.width().transposedSize(small, 3));
      assertEquals(small, options.width().size(size, 3));
    }
  }

  @Test
  void outOfRangeSettingsAreRejected() {
    assertMessageContains(
        assertRejected(() -> PLAIN.dilation(0, 2)),
        "ConvOptions.dilation: expected 1 to 16777216, got 0.");
    assertMessageContains(
        assertRejected(() -> PLAIN.dilation(2, 0)), "ConvOptions.dilation", "got 0");
    assertMessageContains(
        assertRejected(() -> PLAIN.groups(0)), "ConvOptions.groups: expected at least 1, got 0.");
    String below = "less than max(stride, dilation) = ";
    assertMessageContains(
        assertRejected(() -> PLAIN.stride(2, 3).outputPadding(2, 2)),
        below,
        "2 along the height, got 2; set the stride first.");
    assertMessageContains(
        assertRejected(() -> PLAIN.dilation(9, 3).outputPadding(2, 3)),
        below,
        "3 along the width, got 3;");
    assertMessageContains(
        assertRejected(() -> PLAIN.stride(2, 2).outputPadding(0, -1)), below, "got -1");
  }

  @Test
  void channelsNotDivisibleByGroupsAreRejected() {
    assertRejected(
        s -> x(s, 1, 5, 5, 4).conv2d(x(s, 3, 3, 4, 6), null, PLAIN.groups(2)),
        "conv2d",
        "[kernel height, kernel width, in / 2, out]",
        "[1, 5, 5, 4] and [3, 3, 4, 6]",
        "groups must divide both in and out");
    assertRejected(
        s -> x(s, 1, 5, 5, 4).conv2d(x(s, 3, 3, 2, 5), null, PLAIN.groups(2)),
        "in / 2, out]",
        "[3, 3, 2, 5]");
    assertRejected(
        s -> x(s, 1, 5, 5, 5).convTranspose2d(x(s, 3, 3, 2, 5), null, PLAIN.groups(2)),
        "convTranspose2d",
        "[kernel height, kernel width, out / 2, in]",
        "[1, 5, 5, 5] and [3, 3, 2, 5]");
    assertRejected(
        s -> x(s, 1, 5, 5, 4).convTranspose2d(x(s, 3, 3, 3, 4), x(s, 3), PLAIN.groups(2)),
        "convTranspose2d",
        "a bias [6]",
        "got [3]");
  }

  @Test
  void outputPaddingOfConvolutionIsRejected() {
    ConvOptions options = ConvOptions.of(2, 0).outputPadding(0, 1);
    assertRejected(
        s -> x(s, 1, 5, 5, 4).conv2d(x(s, 3, 3, 4, 6), null, options),
        "conv2d",
        "no output padding",
        "outputPadding=1");
  }

  @Test
  void poolingSupportsStrideAndPaddingOnly() {
    String only = "no dilation, groups or output padding";
    assertRejected(
        s -> x(s, 1, 5, 5, 4).maxPool(2, 2, PLAIN.groups(2)), "maxPool", only, "groups=2");
    assertRejected(
        s -> x(s, 1, 5, 5, 4).averagePool(2, 2, PLAIN.dilation(2, 1)),
        "averagePool",
        only,
        "dilation=2");
    assertRejected(
        s -> x(s, 1, 5, 5, 4).maxPool(2, 2, PLAIN.padding(0, 1, 0, 0)),
        "maxPool",
        "same padding on both sides",
        "before=0, after=1",
        "Tensor.pad");
  }

  @Test
  void tooLargeDilatedKernelIsRejected() {
    assertRejected(
        s -> x(s, 1, 6, 6, 1).conv2d(x(s, 3, 3, 1, 1), null, PLAIN.dilation(3, 1)),
        "[1, 6, 6, 1]",
        "too small",
        "3x3",
        "dilation=3");
  }

  @Test
  void mismatchedSequencesAreRejected() {
    assertRejected(
        s -> x(s, 1, 5, 1, 4).conv1d(x(s, 3, 4, 6), null, PLAIN),
        "conv1d",
        "[batch, time, in]",
        "[kernel, in / groups, out]",
        "[1, 5, 1, 4], [3, 4, 6] with groups 1.");
    assertRejected(
        s -> x(s, 1, 5, 4).convTranspose1d(x(s, 1, 3, 6, 4), null, PLAIN),
        "convTranspose1d",
        "[kernel, out / groups, in]",
        "[1, 5, 4], [1, 3, 6, 4] with groups 1.");
    assertRejected(
        s ->
            FusedConvolution.of(
                Form.CONV_1D, x(s, 1, 5, 4), x(s, 3, 4, 6), null, x(s, 5, 6), false, PLAIN),
        "conv1d",
        "a residual [batch, time, out]",
        "[3, 4, 6], [5, 6] with groups 1.");
    assertRejected(
        s -> x(s, 1, 5, 4).conv1d(x(s, 3, 3, 6), null, PLAIN),
        "[1, 5, 4], [3, 3, 6] with groups 1.");
    assertRejected(
        s -> x(s, 1, 5, 5).convTranspose1d(x(s, 3, 2, 5), null, PLAIN.groups(2)),
        "with in and out divisible by groups",
        "[1, 5, 5], [3, 2, 5] with groups 2");
    assertRejected(
        s -> x(s, 1, 5, 4).conv1d(x(s, 3, 4, 6), x(s, 4), PLAIN), "conv1d", "a bias [6]");
  }

  @Test
  void mismatchedBatchedMatricesAreRejected() {
    assertRejected(
        s -> x(s, 2, 3, 4).matmul(x(s, 3, 4, 5)),
        "matmul",
        "[.., m, k] and [.., k, n]",
        "leading axes that broadcast",
        "[2, 3, 4] and [3, 4, 5]");
    assertRejected(s -> x(s, 2, 3, 4).matmul(x(s, 5, 5)), "[2, 3, 4] and [5, 5]");
    assertRejected(s -> x(s, 2, 3, 4).matmul(x(s, 4)), "[2, 3, 4] and [4]");
    assertRejected(
        s -> x(s, 2, 3, 4).matmul(true, x(s, 2, 4, 5), true),
        "[.., k, m] and [.., n, k]",
        "[2, 3, 4] and [2, 4, 5]");
  }

  /** oneDNN's optimized code would read address 0 and crash the process. */
  @ParameterizedTest
  @CsvSource({
    "1, 1, 1, 1,  1, 1, 1, 1,  1, 2,  0, 0, 3, 2,  1, 1, 1",
    "1, 1, 1, 1,  1, 1, 1, 1,  1, 2,  0, 0, 1, 3,  1, 1, 1",
    "2, 2, 1, 16,  1, 1, 16, 16,  1, 2,  0, 0, 5, 4,  1, 1, 1",
    "3, 1, 1, 8,  1, 3, 4, 8,  2, 2,  0, 0, 5, 5,  1, 2, 2",
    "2, 3, 1, 3,  4, 1, 3, 2,  2, 3,  0, 3, 1, 3,  1, 3, 1",
    "1, 1, 2, 4,  1, 1, 4, 4,  1, 3,  0, 0, 1, 4,  1, 1, 1",
    "1, 2, 1, 2,  2, 2, 2, 4,  2, 3,  3, 0, 2, 4,  1, 3, 1"
  })
  void kernelsOverPaddingOnlyReturnTheBias(ArgumentsAccessor array) {
    int[] n =
        array.toList().stream().mapToInt(element -> Integer.parseInt((String) element)).toArray();
    ConvOptions options =
        ConvOptions.of(1, 0)
            .stride(n[8], n[9])
            .padding(n[10], n[11], n[12], n[13])
            .dilation(n[14], n[15])
            .groups(n[16]);
    for (KernelSet kernels : KernelSet.values()) {
      try (Step step = kernels.training(new Rng(1))) {
        Tensor x = normal(step, n[0], n[1], n[2], n[3]).requireGradient();
        Tensor w = normal(step, n[4], n[5], n[6], n[7]).requireGradient();
        Tensor bias = normal(step, n[7]).requireGradient();
        Tensor y = x.conv2d(w, bias, options);
        float[] expected = bias.toFloats();
        float[] values = y.toFloats();
        for (int i = 0; i < values.length; i++) {
          assertEquals(expected[i % n[7]], values[i]);
        }
        y.sum().backward();
        assertArrayEquals(new float[(int) x.length()], x.gradient().toFloats());
        assertArrayEquals(new float[(int) w.length()], w.gradient().toFloats());
        assertEquals(y.length() / n[7], bias.gradient().toFloats()[0]);
      }
    }
  }

  private static Tensor normal(Step step, long... shape) {
    return step.tensor(Tensors.gaussians(new Rng(2), (int) NdArray.size(shape)), shape);
  }

  private static IllegalArgumentException assertRejected(Runnable call) {
    return assertThrows(IllegalArgumentException.class, call::run);
  }

  private static void assertRejected(Consumer<Step> call, String... fragments) {
    try (Step step = Step.training(new Rng(1))) {
      assertMessageContains(assertRejected(() -> call.accept(step)), fragments);
    }
  }

  private static Tensor x(Step step, long... shape) {
    return step.tensor(new float[(int) NdArray.size(shape)], shape);
  }
}
