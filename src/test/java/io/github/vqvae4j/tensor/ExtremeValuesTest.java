package io.github.vqvae4j.tensor;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.vqvae4j.random.Rng;
import java.util.Arrays;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/** Tests values for which naive formulas overflow, kinks and ties. */
class ExtremeValuesTest {
  /** The kernel set and data type of a test. */
  private record Variant(KernelSet kernels, DType dtype) {}

  /** Relative tolerance; absolute for values below 1. */
  private static final double CLOSE = 5e-6;

  @TestFactory
  Stream<DynamicTest> softplusOfLargeValuesIsAccurate() {
    double[] x = {-1000, -100, -20, -1, 0, 1, 20, 89, 1000};
    double[] y = {0, 0, 2.0611536e-9, 0.31326169, 0.69314718, 1.3132617, 20, 89, 1000};
    double[] dx = {0, 0, 2.0611536e-9, 0.26894142, 0.5, 0.73105858, 1, 1, 1};
    return check(Tensor::softplus, x, y, dx);
  }

  @TestFactory
  Stream<DynamicTest> siluAndGeluOfLargeValuesAreAccurate() {
    double[] x = {-1000, -100, 0, 100, 1000};
    double[] y = {0, 0, 0, 100, 1000};
    double[] dx = {0, 0, 0.5, 1, 1};
    return Stream.concat(check(Tensor::silu, x, y, dx), check(Tensor::gelu, x, y, dx));
  }

  @TestFactory
  Stream<DynamicTest> softmaxOfLargeValuesDoesNotOverflow() {
    double[] x = {1000, 999, -1000, 1000};
    double p = 1 / (2 + Math.exp(-1));
    double[] y = {p, p * Math.exp(-1), 0, p};
    double ln = Math.log(p);
    return Stream.concat(
        check(t -> t.softmax(0), x, y, 0, 0, 0, 0),
        check(
            t -> t.logSoftmax(0),
            x,
            new double[] {ln, ln - 1, ln - 2000, ln},
            1 - 4 * p,
            1 - 4 * p * Math.exp(-1),
            1,
            1 - 4 * p));
  }

  @TestFactory
  Stream<DynamicTest> binaryCrossEntropyOfLargeLogitsIsFinite() {
    double[] x = {-1000, 1000, 1000, 0};
    UnaryOperator<Tensor> loss =
        t ->
            t.binaryCrossEntropyWithLogits(
                Tensors.of(t.step(), t.dtype(), new NdArray(new double[] {1, 0, 1, 0}, 4)));
    return check(loss, x, new double[] {(2000 + Math.log(2)) / 4}, -0.25, 0.25, 0, 0.125);
  }

  @TestFactory
  Stream<DynamicTest> gradientOfClampIsOneAtItsBounds() {
    double[] x = {-0.1, 0, 0.5, 1, 1.1};
    return check(t -> t.clamp(0, 1), x, new double[] {0, 0, 0.5, 1, 1}, 0, 1, 1, 1, 0);
  }

  @TestFactory
  Stream<DynamicTest> gradientsAtKinks() {
    double[] x = {0, -1, 1};
    return check(t -> t.leakyRelu(0.25), x, new double[] {0, -0.25, 1}, 0.25, 0.25, 1);
  }

  @TestFactory
  Stream<DynamicTest> gradientOfMaxIsPropagatedToTheFirstOfEqualElements() {
    double[] x = {1, 3, 0, 3, 3, 3, 2, 2, 2};
    return Stream.concat(
        check(t -> t.max(), x, new double[] {3}, 0, 1, 0, 0, 0, 0, 0, 0, 0),
        check(
            t -> t.reshape(1, 3, 3, 1).maxPool(2, 2, ConvOptions.of(1, 0)).reshape(4),
            x,
            new double[] {3, 3, 3, 3},
            0,
            2,
            0,
            1,
            1,
            0,
            0,
            0,
            0));
  }

  @TestFactory
  Stream<DynamicTest> maxPoolingIgnoresNan() {
    double nan = Double.NaN;
    double infinity = Double.POSITIVE_INFINITY;
    return variants(
        variant -> {
          double lowest = variant.dtype == DType.DOUBLE ? -Double.MAX_VALUE : -Float.MAX_VALUE;
          assertMaxPool(variant, 3, nan, 3, -infinity, nan);
          assertMaxPool(variant, -2, -2, nan, nan, -3);
          assertMaxPool(variant, infinity, nan, infinity, 1, nan);
          assertMaxPool(variant, lowest, -infinity, -infinity, -infinity, -infinity);
          assertMaxPool(variant, lowest, nan, nan, nan, nan);
        });
  }

  private static void assertMaxPool(Variant variant, double expected, double... window) {
    try (Step step = variant.kernels.inference()) {
      Tensor x = Tensors.of(step, variant.dtype, new NdArray(window, window.length));
      double actual = x.reshape(1, 2, 2, 1).maxPool(2, 2, ConvOptions.of(2, 0)).item();
      // ND4J's lowest float has 6 digits.
      double allowed = expected < -1e38 ? 1e-6 * -expected : 0;
      assertTrue(
          actual == expected || Math.abs(actual - expected) <= allowed,
          () -> variant + ": " + Arrays.toString(window) + ": " + actual);
    }
  }

  /** Checks the values and the gradients of their sum. */
  private static Stream<DynamicTest> check(
      UnaryOperator<Tensor> operation, double[] x, double[] y, double... dx) {
    return variants(variant -> check(variant, operation, x, y, dx));
  }

  private static Stream<DynamicTest> variants(Consumer<Variant> test) {
    return Stream.of(
            new Variant(KernelSet.ND4J, DType.DOUBLE),
            new Variant(KernelSet.ND4J, DType.FLOAT),
            new Variant(KernelSet.ONEDNN, DType.FLOAT))
        .map(variant -> DynamicTest.dynamicTest(variant.toString(), () -> test.accept(variant)));
  }

  private static void check(
      Variant variant, UnaryOperator<Tensor> operation, double[] x, double[] y, double... dx) {
    try (Step step = variant.kernels.training(new Rng(1))) {
      Tensor input = Tensors.of(step, variant.dtype, new NdArray(x, x.length)).requireGradient();
      Tensor result = operation.apply(input);
      result.sum().backward();
      assertNear(y, result.toDoubles());
      assertNear(dx, input.gradient().toDoubles());
    }
  }

  private static void assertNear(double[] expected, double... actual) {
    assertEquals(expected.length, actual.length);
    for (int i = 0; i < expected.length; i++) {
      double allowed = CLOSE * Math.max(1, Math.abs(expected[i]));
      assertEquals(expected[i], actual[i], allowed, "element " + i);
    }
  }
}
