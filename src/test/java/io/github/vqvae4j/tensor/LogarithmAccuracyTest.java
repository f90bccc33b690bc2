package io.github.vqvae4j.tensor;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.function.DoubleUnaryOperator;
import java.util.function.UnaryOperator;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Tests logarithms with small results, for which an absolute error may be a large relative error.
 */
class LogarithmAccuracyTest {
  private static final double DIGITS = 1e-6;

  @ParameterizedTest
  @EnumSource(KernelSet.class)
  void softplusHasSmallRelativeError(KernelSet kernels) {
    int count = 5_001;
    float[] x = new float[count];
    for (int i = 0; i < count; i++) {
      x[i] = -85 + 170f * i / (count - 1);
    }
    check(
        kernels,
        x,
        Tensor::softplus,
        v -> Math.max(v, 0) + Math.log1p(Math.exp(-Math.abs(v))),
        // oneDNN's exponential without FMA (SSE4.1) has an error of 4.2e-6 at -72; from AVX2 on,
        // 3.8e-7.
        v -> DIGITS * (1 + Math.abs(v) / 20));
    float[] ends = {-0f, 0f, 1e-30f, -1e-30f, Float.NEGATIVE_INFINITY, Float.POSITIVE_INFINITY};
    try (Step step = kernels.inference()) {
      float[] y = step.tensor(ends, ends.length).softplus().toFloats();
      for (int i = 0; i < 4; i++) {
        assertEquals(Math.log(2), y[i], 1e-7);
      }
      assertEquals(0, y[4]);
      assertEquals(Float.POSITIVE_INFINITY, y[5]);
      assertTrue(Double.isNaN(step.tensor(new float[] {Float.NaN}, 1).softplus().item()));
    }
  }

  @ParameterizedTest
  @EnumSource(KernelSet.class)
  void logHasSmallRelativeError(KernelSet kernels) {
    float[] x = {
      1, 1.0000001f, 0.9999999f, 0.99f, 1.01f, 2, 0.5f, 1e-40f, 1e-30f, 14_000, 3e38f, 0.7f
    };
    check(kernels, x, Tensor::log, Math::log, v -> DIGITS);
  }

  /** The loss is never negative. */
  @ParameterizedTest
  @EnumSource(KernelSet.class)
  void binaryCrossEntropyOfConfidentLogitsIsAccurate(KernelSet kernels) {
    for (float logit : new float[] {-8, -12, -16, -18, -30}) {
      try (Step step = kernels.inference()) {
        float[] logits = new float[784];
        Arrays.fill(logits, logit);
        Tensor zeros = step.tensor(new float[784], 784);
        double loss = step.tensor(logits, 784).binaryCrossEntropyWithLogits(zeros).item();
        double expected = Math.log1p(Math.exp(logit));
        // At most 784 rounding errors of the sum.
        assertEquals(expected, loss, (DIGITS + 784 * 0x1p-24) * expected);
      }
    }
  }

  private static void check(
      KernelSet kernels,
      float[] x,
      UnaryOperator<Tensor> function,
      DoubleUnaryOperator exact,
      DoubleUnaryOperator tolerance) {
    try (Step step = kernels.inference()) {
      float[] y = function.apply(step.tensor(x, x.length)).toFloats();
      for (int i = 0; i < x.length; i++) {
        double expected = exact.applyAsDouble(x[i]);
        double error = tolerance.applyAsDouble(x[i]) * Math.abs(expected);
        assertEquals(expected, y[i], error, "of " + x[i]);
      }
    }
  }
}
