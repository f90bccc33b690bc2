package io.github.vqvae4j.tensor;

import static io.github.vqvae4j.tensor.Close.assertClose;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.DynamicContainer.dynamicContainer;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import io.github.vqvae4j.random.Rng;
import java.util.Arrays;
import java.util.List;
import java.util.function.IntPredicate;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicNode;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/**
 * Compares every operation with its definition in plain Java: values in double and, for both kernel
 * sets, in float; gradients in double with central differences of the definition, and gradients in
 * float with those in double.
 */
class OperationTest {
  private static final long SEED = 20_250_101;

  /** The maximum number of elements per input for which central differences are computed. */
  private static final int MOVED = 16;

  @TestFactory
  Stream<DynamicNode> operations() {
    return OperationCases.differentiable().map(OperationTest::tests);
  }

  @TestFactory
  Stream<DynamicNode> convolutions() {
    return ConvolutionCases.all().stream().map(OperationTest::tests);
  }

  @TestFactory
  Stream<DynamicNode> randomShapes() {
    return RandomCases.of(SEED, 12).stream().map(OperationTest::tests);
  }

  /** Skipping gradients that are not required must not change the others. */
  @TestFactory
  Stream<DynamicTest> gradientsOfSingleInputsMatch() {
    return Stream.of(
            RandomCases.of(SEED, 12),
            SharedOperandCases.all(),
            LossCases.all(),
            ConvolutionCases.all(),
            CustomCases.all())
        .flatMap(List::stream)
        .filter(testCase -> testCase.shapes().size() > 1)
        .flatMap(
            testCase ->
                Arrays.stream(KernelSet.values())
                    .map(
                        k ->
                            dynamicTest(
                                testCase + " by " + k,
                                () -> checkGradientsOfSingleInputs(testCase, k))));
  }

  private static void checkGradientsOfSingleInputs(OperationCase testCase, KernelSet kernels) {
    Rng rng = new Rng(seed(testCase));
    NdArray[] inputs = testCase.inputs(rng);
    double[] weights = gaussians(rng, testCase.definition().apply(inputs).values().length);
    Pass all = run(testCase, kernels, DType.FLOAT, inputs, weights);
    for (int i = 0; i < inputs.length; i++) {
      int only = i;
      Pass separate = run(testCase, kernels, DType.FLOAT, inputs, weights, input -> input == only);
      assertClose(
          all.gradients[i],
          separate.gradients[i],
          Tolerances.FLOAT,
          testCase + ": input " + i + " alone");
    }
  }

  private static DynamicNode tests(OperationCase testCase) {
    return dynamicContainer(
        testCase.name(),
        List.of(
            dynamicTest("double", () -> checkDouble(testCase)),
            dynamicTest("float by ND4J", () -> checkFloat(testCase, KernelSet.ND4J)),
            dynamicTest("float by oneDNN", () -> checkFloat(testCase, KernelSet.ONEDNN))));
  }

  private static void checkDouble(OperationCase testCase) {
    long seed = seed(testCase);
    Rng rng = new Rng(seed);
    NdArray[] inputs = testCase.inputs(rng);
    NdArray expected = testCase.definition().apply(inputs);
    double[] weights = gaussians(rng, expected.values().length);

    Pass pass = run(testCase, KernelSet.ND4J, DType.DOUBLE, inputs, weights);

    String where = testCase + ", seed " + seed;
    assertArrayEquals(expected.shape(), pass.shape, where + ": shape");
    assertClose(expected.values(), pass.values, Tolerances.DOUBLE, where + ": value");
    for (int i = 0; i < inputs.length; i++) {
      int[] moved = elements(rng, inputs[i].values().length);
      double[] centralDifferences = new double[moved.length];
      double[] actual = new double[moved.length];
      for (int j = 0; j < moved.length; j++) {
        centralDifferences[j] = centralDifference(testCase, inputs, i, moved[j], weights);
        actual[j] = pass.gradients[i][moved[j]];
      }
      String what = where + ": gradient of input " + i + " at " + Arrays.toString(moved);
      assertClose(centralDifferences, actual, Tolerances.CENTRAL_DIFFERENCE, what);
    }
  }

  private static void checkFloat(OperationCase testCase, KernelSet kernels) {
    long seed = seed(testCase);
    Rng rng = new Rng(seed);
    NdArray[] inputs = testCase.inputs(rng);
    NdArray expected = testCase.definition().apply(inputs);
    double[] weights = gaussians(rng, expected.values().length);
    Pass exact = run(testCase, KernelSet.ND4J, DType.DOUBLE, inputs, weights);

    Pass pass = run(testCase, kernels, DType.FLOAT, inputs, weights);

    String where = testCase + ", seed " + seed;
    assertArrayEquals(expected.shape(), pass.shape, where + ": shape");
    assertClose(expected.values(), pass.values, Tolerances.FLOAT, where + ": value");
    for (int i = 0; i < inputs.length; i++) {
      String what = where + ": gradient of input " + i;
      assertClose(exact.gradients[i], pass.gradients[i], Tolerances.FLOAT, what);
    }
  }

  private static long seed(OperationCase testCase) {
    return SEED + testCase.name().hashCode();
  }

  private static double[] gaussians(Rng rng, int count) {
    return IntStream.range(0, count).mapToDouble(i -> (float) rng.nextGaussian()).toArray();
  }

  private static int[] elements(Rng rng, int count) {
    return count <= MOVED
        ? IntStream.range(0, count).toArray()
        : rng.ints(MOVED, 0, count).toArray();
  }

  /**
   * Returns the central difference of the weighted sum of the result for one element of one input.
   */
  private static double centralDifference(
      OperationCase testCase, NdArray[] inputs, int input, int element, double[] weights) {
    double[] values = inputs[input].values();
    double stored = values[element];
    values[element] = stored + Tolerances.DIFFERENCE_STEP;
    double above = weightedSum(testCase.definition().apply(inputs), weights);
    values[element] = stored - Tolerances.DIFFERENCE_STEP;
    double below = weightedSum(testCase.definition().apply(inputs), weights);
    values[element] = stored;
    return (above - below) / (2 * Tolerances.DIFFERENCE_STEP);
  }

  private static double weightedSum(NdArray array, double[] weights) {
    double sum = 0;
    for (int i = 0; i < weights.length; i++) {
      sum += weights[i] * array.values()[i];
    }
    return sum;
  }

  /** The result of a pass, and the gradients of its weighted sum. */
  private record Pass(long[] shape, double[] values, double[][] gradients) {}

  private static Pass run(
      OperationCase testCase, KernelSet kernels, DType dtype, NdArray[] inputs, double[] weights) {
    return run(testCase, kernels, dtype, inputs, weights, input -> true);
  }

  private static Pass run(
      OperationCase testCase,
      KernelSet kernels,
      DType dtype,
      NdArray[] inputs,
      double[] weights,
      IntPredicate wanted) {
    try (Step step = kernels.training(new Rng(1))) {
      Tensor[] tensors = new Tensor[inputs.length];
      for (int i = 0; i < tensors.length; i++) {
        Tensor input = Tensors.of(step, dtype, inputs[i]);
        tensors[i] = wanted.test(i) ? input.requireGradient() : input;
      }
      Tensor y = testCase.operation().apply(tensors);
      y.mul(Tensors.of(step, dtype, new NdArray(weights, y.shape()))).sum().backward();
      double[][] gradients =
          Arrays.stream(tensors)
              .map(t -> t.gradient() == null ? null : t.gradient().toDoubles())
              .toArray(double[][]::new);
      return new Pass(y.shape(), y.toDoubles(), gradients);
    }
  }
}
