package io.github.vqvae4j.tensor;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.vqvae4j.random.Rng;
import io.github.vqvae4j.tensor.internal.FusedConvolution;
import io.github.vqvae4j.tensor.internal.FusedConvolution.Form;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Tests that operations propagate NaN. Exceptions on some kernels are max pooling, clamp and exp.
 */
class NanPropagationTest {
  private static final long[] IMAGES = {8, 8, 8, 64};

  private static Map<String, UnaryOperator<Tensor>> operations() {
    Map<String, UnaryOperator<Tensor>> all = new LinkedHashMap<>();
    all.put("relu", Tensor::relu);
    all.put("leakyRelu", t -> t.leakyRelu(0.2));
    all.put("abs", Tensor::abs);
    all.put("sigmoid", Tensor::sigmoid);
    all.put("tanh", Tensor::tanh);
    all.put("silu", Tensor::silu);
    all.put("gelu", Tensor::gelu);
    all.put("softplus", Tensor::softplus);
    all.put("softmax", t -> t.softmax(-1));
    all.put("logSoftmax", t -> t.logSoftmax(-1));
    all.put("max", t -> t.max(-1));
    all.put("averagePool", t -> t.averagePool(2, 2, ConvOptions.of(2, 0)));
    all.put("groupNorm", t -> t.groupNorm(2, weights(t, 64), weights(t, 64), 1e-5));
    all.put("layerNorm", t -> t.layerNorm(weights(t, 64), weights(t, 64), 1e-5));
    all.put("convolution, relu", t -> convolved(t, false, 5, 5, 64, 16));
    all.put("Winograd convolution, relu", t -> convolved(t, false, 3, 3, 64, 64));
    all.put("transposed, relu", t -> convolved(t, true, 5, 5, 16, 64));
    all.put(
        "sub-pixels, relu",
        t ->
            FusedConvolution.of(
                Form.CONV_TRANSPOSE_2D,
                t,
                weights(t, 4, 4, 3, 64),
                null,
                null,
                true,
                ConvOptions.of(2, 1)));
    all.put("meanSquaredError", t -> t.meanSquaredError(t.mul(0.5)));
    return all;
  }

  private static Tensor convolved(Tensor t, boolean transposed, long... shape) {
    ConvOptions options = ConvOptions.of(1, (int) shape[0] / 2);
    Tensor w = weights(t, shape);
    return transposed
        ? FusedConvolution.of(Form.CONV_TRANSPOSE_2D, t, w, null, null, true, options)
        : FusedConvolution.of(Form.CONV_2D, t, w, null, null, true, options);
  }

  private static Tensor weights(Tensor like, long... shape) {
    int size = (int) NdArray.size(shape);
    return like.step().tensor(Tensors.gaussians(new Rng(2), size), shape);
  }

  @TestFactory
  Stream<DynamicTest> nanPropagates() {
    return operations().entrySet().stream()
        .flatMap(
            testCase ->
                Stream.of(KernelSet.values())
                    .map(
                        kernels ->
                            DynamicTest.dynamicTest(
                                testCase.getKey() + " by " + kernels,
                                () -> check(testCase.getValue(), kernels))));
  }

  private static void check(UnaryOperator<Tensor> operation, KernelSet kernels) {
    float[] array = Tensors.gaussians(new Rng(1), (int) NdArray.size(IMAGES));
    try (Step step = kernels.training(new Rng(1))) {
      assertFalse(
          hasNan(operation.apply(step.tensor(array, IMAGES).requireGradient())), "none by itself");
      array[array.length / 2] = Float.NaN;
      assertTrue(hasNan(operation.apply(step.tensor(array, IMAGES).requireGradient())), "training");
    }
    try (Step step = kernels.inference()) {
      assertTrue(hasNan(operation.apply(step.tensor(array, IMAGES))), "inference");
    }
  }

  private static boolean hasNan(Tensor tensor) {
    for (float value : tensor.toFloats()) {
      if (Float.isNaN(value)) {
        return true;
      }
    }
    return false;
  }

  /** The definition of ReLU that propagates NaN. */
  @ParameterizedTest
  @EnumSource(KernelSet.class)
  void reluEqualsMaximumWithZero(KernelSet kernels) {
    float[] x = {-Float.MAX_VALUE, -1, -Float.MIN_NORMAL, 0, Float.MIN_NORMAL, 1e-20f, 1, 3e38f};
    float[] y = {0, 0, 0, 0, Float.MIN_NORMAL, 1e-20f, 1, 3e38f};
    try (Step step = kernels.inference()) {
      // The sign of a zero is irrelevant.
      float[] actual = step.tensor(x, 8).relu().add(0).toFloats();
      assertArrayEquals(y, actual);
      assertTrue(
          step.tensor(new float[] {Float.POSITIVE_INFINITY}, 1).relu().item()
              == Double.POSITIVE_INFINITY);
    }
  }
}
