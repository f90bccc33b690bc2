package io.github.vqvae4j.tensor;

import static io.github.vqvae4j.io.ErrorText.assertMessageContains;
import static io.github.vqvae4j.tensor.Close.assertClose;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.github.vqvae4j.random.Rng;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** Tests large arrays, extreme values and errors, beyond {@link NormalizationCases}. */
class NormalizationTest {
  private static final double EPSILON = 1e-5;

  /** Near 1000, float rounding dominates the differences of 1. */
  private static final double FAR_FROM_ZERO = 3e-4;

  /** The tolerance of gradient sums over 70,000 values, relative to their maximum. */
  private static final double LARGE = 1e-5;

  private record Result(double[] y, double[] dx, double[] dWeight, double[] dBias) {}

  /** Arrays large enough for several threads. */
  @ParameterizedTest
  @CsvSource({"layer, 8, 64, 8, 512", "group, 3, 89, 83, 32", "batch, 5, 61, 67, 30"})
  void largeArraysMatchDoublePrecision(
      String kind, int batch, int height, int width, int channels) {
    long[] shape = {batch, height, width, channels};
    NdArray[] inputs = inputs(0, shape);
    Result expected = run(KernelSet.ND4J, DType.DOUBLE, kind, inputs);
    Result result = run(KernelSet.ONEDNN, DType.FLOAT, kind, inputs);
    assertClose(expected.y(), result.y(), LARGE, "y");
    assertClose(expected.dx(), result.dx(), LARGE, "dx");
    assertClose(expected.dWeight(), result.dWeight(), LARGE, "dWeight");
    assertClose(expected.dBias(), result.dBias(), LARGE, "dBias");
    Result next = run(KernelSet.ONEDNN, DType.FLOAT, kind, inputs);
    assertArrayEquals(result.y(), next.y());
    assertArrayEquals(result.dx(), next.dx());
    assertArrayEquals(result.dWeight(), next.dWeight());
  }

  @ParameterizedTest
  @CsvSource({"layer, 9, 4, 4, 64", "group, 3, 40, 40, 32", "batch, 2, 60, 60, 30"})
  void meansFarFromZeroLeaveTheVarianceExact(
      String kind, int batch, int height, int width, int channels) {
    NdArray[] inputs = inputs(1000, batch, height, width, channels);
    Result expected = run(KernelSet.ND4J, DType.DOUBLE, kind, inputs);
    for (KernelSet kernels : KernelSet.values()) {
      Result result = run(kernels, DType.FLOAT, kind, inputs);
      assertClose(expected.y(), result.y(), FAR_FROM_ZERO, kernels + " y");
      assertClose(expected.dWeight(), result.dWeight(), FAR_FROM_ZERO, kernels + " dWeight");
    }
  }

  private static NdArray[] inputs(double mean, long... shape) {
    Rng rng = new Rng(5);
    long[] channels = {shape[3]};
    return new NdArray[] {
      NdArray.filled(shape, i -> (float) (mean + rng.nextGaussian())),
      NdArray.filled(channels, i -> (float) rng.nextGaussian()),
      NdArray.filled(channels, i -> (float) rng.nextGaussian()),
      NdArray.filled(shape, i -> (float) rng.nextGaussian())
    };
  }

  private static Result run(KernelSet kernels, DType dtype, String kind, NdArray... inputs) {
    try (Step step = kernels.training(new Rng(1))) {
      Tensor x = Tensors.of(step, dtype, inputs[0]).requireGradient();
      Tensor weight = Tensors.of(step, dtype, inputs[1]).requireGradient();
      Tensor bias = Tensors.of(step, dtype, inputs[2]).requireGradient();
      Tensor y = normalize(kind, x, weight, bias);
      y.mul(Tensors.of(step, dtype, inputs[3])).sum().backward();
      return new Result(
          y.toDoubles(),
          x.gradient().toDoubles(),
          weight.gradient().toDoubles(),
          bias.gradient().toDoubles());
    }
  }

  private static Tensor normalize(String kind, Tensor x, Tensor weight, Tensor bias) {
    return switch (kind) {
      case "layer" -> x.layerNorm(weight, bias, EPSILON);
      case "group" -> x.groupNorm(8, weight, bias, EPSILON);
      default -> x.batchNorm(weight, bias, EPSILON).output();
    };
  }

  @ParameterizedTest
  @EnumSource
  void constantInputsBecomeTheBias(KernelSet kernels) {
    try (Step step = kernels.training(new Rng(1))) {
      float[] sevens = new float[3 * 40 * 4];
      Arrays.fill(sevens, 7.7f);
      Tensor x = step.tensor(sevens, 3, 40, 4);
      Tensor weight = step.tensor(new float[] {1, 2, 3, 4}, 4);
      Tensor bias = step.tensor(new float[] {5, 6, 7, 8}, 4);
      for (String kind : new String[] {"layer", "batch"}) {
        float[] y = normalize(kind, x, weight, bias).toFloats();
        for (int i = 0; i < y.length; i++) {
          assertEquals(5 + i % 4, y[i], 1e-2, kind);
        }
      }
    }
  }

  @ParameterizedTest
  @EnumSource
  void batchNormReturnsMeanAndVariance(KernelSet kernels) {
    try (Step step = kernels.inference()) {
      Tensor x = step.tensor(new float[] {1, 10, 2, 10, 6, 40}, 3, 2);
      Tensor testCase = step.tensor(new float[] {1, 1}, 2);
      NormalizationResult normalized = x.batchNorm(testCase, testCase, EPSILON);
      assertArrayEquals(new double[] {3, 20}, normalized.mean().toDoubles(), 1e-5);
      assertArrayEquals(new double[] {14 / 3.0, 200}, normalized.variance().toDoubles(), 1e-4);
    }
  }

  /**
   * Results for chunks, images and partial images, with one and several threads, are bitwise equal.
   */
  @ParameterizedTest
  @EnumSource
  void omittedWeightAndBiasEqualOneAndZero(KernelSet kernels) {
    for (long[] shape : new long[][] {{1, 1, 1, 8}, {5, 3, 1, 8}, {3, 29, 31, 8}, {8, 61, 67, 8}}) {
      NdArray[] inputs = inputs(3, shape);
      for (DType dtype : new DType[] {DType.FLOAT, DType.DOUBLE}) {
        for (String kind : new String[] {"layer", "group", "batch"}) {
          assertArrayEquals(
              plain(kernels, dtype, kind, true, inputs),
              plain(kernels, dtype, kind, false, inputs),
              kind + Arrays.toString(shape));
        }
      }
    }
  }

  /** Computes the value and the gradients. */
  private static double[][] plain(
      KernelSet kernels, DType dtype, String kind, boolean constants, NdArray... inputs) {
    try (Step step = kernels.training(new Rng(1))) {
      Tensor x = Tensors.of(step, dtype, inputs[0]).requireGradient();
      long channels = x.size(-1);
      Tensor testCase = Tensors.of(step, dtype, NdArray.filled(new long[] {channels}, i -> 1));
      Tensor zero = Tensors.of(step, dtype, NdArray.filled(new long[] {channels}, i -> 0));
      Tensor y =
          constants
              ? normalize(kind, x, testCase, zero)
              : switch (kind) {
                case "layer" -> x.layerNorm(EPSILON);
                case "group" -> x.groupNorm(8, EPSILON);
                default -> x.batchNorm(EPSILON).output();
              };
      y.mul(Tensors.of(step, dtype, inputs[3])).sum().backward();
      return new double[][] {y.toDoubles(), x.gradient().toDoubles()};
    }
  }

  @ParameterizedTest
  @EnumSource
  void onlyRequiredGradientsAreComputed(KernelSet kernels) {
    NdArray[] inputs = inputs(0, 2, 9, 17, 8);
    Result all = run(kernels, DType.FLOAT, "group", inputs);
    try (Step step = kernels.training(new Rng(1))) {
      Tensor x = Tensors.of(step, DType.FLOAT, inputs[0]);
      Tensor weight = Tensors.of(step, DType.FLOAT, inputs[1]).requireGradient();
      Tensor bias = Tensors.of(step, DType.FLOAT, inputs[2]);
      Tensor dy = Tensors.of(step, DType.FLOAT, inputs[3]);
      normalize("group", x, weight, bias).mul(dy).sum().backward();
      assertArrayEquals(all.dWeight(), weight.gradient().toDoubles());
    }
    try (Step step = kernels.training(new Rng(1))) {
      Tensor x = Tensors.of(step, DType.FLOAT, inputs[0]).requireGradient();
      Tensor weight = Tensors.of(step, DType.FLOAT, inputs[1]);
      Tensor bias = Tensors.of(step, DType.FLOAT, inputs[2]).requireGradient();
      Tensor dy = Tensors.of(step, DType.FLOAT, inputs[3]);
      normalize("group", x, weight, bias).mul(dy).sum().backward();
      assertArrayEquals(all.dx(), x.gradient().toDoubles());
      assertArrayEquals(all.dBias(), bias.gradient().toDoubles());
    }
  }

  @Test
  void invalidArgumentsAreRejected() {
    try (Step step = Step.training(new Rng(1))) {
      Tensor x = step.tensor(new float[24], 2, 3, 4);
      Tensor four = step.tensor(new float[4], 4);
      Tensor three = step.tensor(new float[3], 3);
      assertRejected(() -> x.layerNorm(three, four, EPSILON), "layerNorm", "[4]", "got [3], [4]");
      assertRejected(() -> x.batchNorm(four, three, EPSILON), "batchNorm", "[4], [3]", "[2, 3, 4]");
      assertRejected(() -> x.layerNorm(four, four, 0), "epsilon greater than 0", "0.0");
      assertRejected(
          () -> x.layerNorm(-1), "layerNorm", "or neither", "epsilon greater than 0", "-1.0");
      assertRejected(() -> x.batchNorm(Double.NaN), "batchNorm", "epsilon greater than 0", "NaN");
      assertRejected(() -> x.groupNorm(3, EPSILON), "groupNorm", "divides", "3 groups");
      assertRejected(() -> x.groupNorm(3, four, four, EPSILON), "groupNorm", "divides", "3 groups");
      assertRejected(() -> x.groupNorm(0, four, four, EPSILON), "[2, 3, 4]", "0 groups");
      assertRejected(
          () -> three.groupNorm(1, three, three, EPSILON), "[batch, .., channels]", "[3]");
    }
  }

  private static void assertRejected(Runnable call, String... fragments) {
    assertMessageContains(assertThrows(IllegalArgumentException.class, call::run), fragments);
  }

  @ParameterizedTest
  @EnumSource(names = {"FLOAT", "DOUBLE"})
  void dropoutDropsTheRateAndPreservesTheMean(DType dtype) {
    double rate = 0.3;
    int count = 100_003;
    try (Step step = Step.training(new Rng(8))) {
      Tensor x =
          Tensors.of(step, dtype, NdArray.filled(new long[] {count}, i -> 2)).requireGradient();
      Tensor y = x.dropout(rate);
      y.sum().backward();
      int dropped = 0;
      double[] values = y.toDoubles();
      double[] gradient = x.gradient().toDoubles();
      for (int i = 0; i < count; i++) {
        dropped += values[i] == 0 ? 1 : 0;
        assertEquals(values[i] == 0 ? 0 : 2 / (1 - rate), values[i], 1e-6);
        assertEquals(values[i] / 2, gradient[i], 1e-6);
      }
      assertEquals(rate, (double) dropped / count, 0.005);
    }
  }

  @Test
  void dropoutDependsOnTheKeyOfTheStep() {
    assertArrayEquals(dropoutValues(3, DType.FLOAT), dropoutValues(3, DType.FLOAT));
    assertArrayEquals(dropoutValues(3, DType.FLOAT), dropoutValues(3, DType.DOUBLE));
    assertFalse(
        Arrays.equals(dropoutValues(3, DType.FLOAT), dropoutValues(4, DType.FLOAT)), "other seed");
  }

  private static double[] dropoutValues(long seed, DType dtype) {
    try (Step step = Step.training(new Rng(seed))) {
      NdArray ones = NdArray.filled(new long[] {5_000}, i -> 1);
      return Tensors.of(step, dtype, ones).dropout(0.5).toDoubles();
    }
  }

  @Test
  void dropoutRequiresAKey() {
    try (Step step = Step.inference()) {
      Tensor x = step.tensor(new float[] {1, 2}, 2);
      assertEquals(x, x.dropout(0));
      assertThrows(IllegalStateException.class, () -> x.dropout(0.9));
      assertRejected(() -> x.dropout(1), "dropout", "in [0, 1)", "got 1.0");
      assertRejected(() -> x.dropout(-0.1), "in [0, 1)", "got -0.1");
    }
  }
}
