package io.github.vqvae4j.tensor;

import static io.github.vqvae4j.io.ErrorText.assertMessageContains;
import static io.github.vqvae4j.tensor.Close.assertClose;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import io.github.vqvae4j.nn.Layer;
import io.github.vqvae4j.nn.Linear;
import io.github.vqvae4j.nn.MultiHeadAttention;
import io.github.vqvae4j.nn.Sequential;
import io.github.vqvae4j.random.Rng;
import java.util.Arrays;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Tests that checks report the source of a NaN without changing results. */
class OperationCheckTest {
  private static final long SEED = 20_260_102;

  private static final class FormulaLayer extends Layer {
    private final UnaryOperator<Tensor> formula;

    FormulaLayer(UnaryOperator<Tensor> formula) {
      this.formula = formula;
    }

    @Override
    protected Tensor compute(Tensor x) {
      return formula.apply(x);
    }
  }

  private static NonFiniteException exception(UnaryOperator<Tensor> formula, float... values) {
    Rng rng = new Rng(1);
    try (Sequential model =
            Sequential.of(
                new FormulaLayer(x -> x.mul(2).mul(0.5)),
                new FormulaLayer(formula),
                new FormulaLayer(Tensor::tanh));
        Step step = Step.training(rng)) {
      step.checkEachOperation();
      Tensor x = step.tensor(values, values.length).requireGradient();
      return assertThrows(NonFiniteException.class, () -> model.forward(x).sum().backward());
    }
  }

  @Test
  void forwardErrorNamesOperationAndLayer() {
    assertMessageContains(exception(Tensor::log, 1, -1), "log in 1", "result of shape [2]", "NaN");
    assertMessageContains(exception(Tensor::sqrt, 1, -1), "sqrt in 1", "NaN");
    assertMessageContains(exception(x -> x.div(x), 1, 0), "div in 1", "NaN");
    assertMessageContains(exception(x -> x.mul(100).exp(), 1), "exp in 1", "Infinity");
    assertMessageContains(exception(x -> x.mul(1e38).mul(1e38), 1), "mul in 1", "Infinity");
  }

  @Test
  void backwardErrorNamesOperationAndLayer() {
    assertMessageContains(
        exception(Tensor::sqrt, 1, 0),
        "sqrt in 1",
        "gradient of input 0",
        "Infinity",
        "all operands are finite");
    assertMessageContains(exception(x -> x.square().sqrt(), 0), "sqrt in 1", "gradient");
    assertMessageContains(
        exception(x -> x.mul(1e30).mul(1e30), 0), "mul in 1", "gradient", "Infinity");
  }

  @ParameterizedTest
  @EnumSource(KernelSet.class)
  void infiniteMasksArePermitted(KernelSet kernels) {
    Rng rng = new Rng(SEED);
    try (MultiHeadAttention attention = new MultiHeadAttention(8, 2, true, rng);
        Step step = kernels.training(rng)) {
      step.checkEachOperation();
      Tensor x = step.tensor(Tensors.gaussians(rng, 80), 2, 5, 8).requireGradient();
      attention.forward(x).square().sum().backward();
      assertTrue(NonFinite.index(x.gradient()) < 0);
    }
  }

  @TestFactory
  Stream<DynamicTest> checksDoNotChangeValuesAndGradients() {
    return OperationCases.all()
        .map(testCase -> dynamicTest(testCase.name(), () -> checkUnchanged(testCase)));
  }

  private static void checkUnchanged(OperationCase testCase) {
    for (KernelSet kernels : KernelSet.values()) {
      for (DType dtype : new DType[] {DType.FLOAT, DType.DOUBLE}) {
        String what = testCase + ", " + kernels + ", " + dtype;
        double[][] plain = results(testCase, kernels, dtype, false);
        double[][] checked = results(testCase, kernels, dtype, true);
        for (int i = 0; i < plain.length; i++) {
          // With a residual, bias and residual are added in a different order.
          assertClose(
              plain[i],
              checked[i],
              dtype == DType.FLOAT ? Tolerances.FLOAT : Tolerances.DOUBLE,
              what);
        }
      }
    }
  }

  private static double[][] results(
      OperationCase testCase, KernelSet kernels, DType dtype, boolean checked) {
    NdArray[] inputs = testCase.inputs(new Rng(SEED));
    try (Step step = kernels.training(new Rng(1))) {
      if (checked) {
        step.checkEachOperation();
      }
      Tensor[] tensors =
          Arrays.stream(inputs)
              .map(n -> Tensors.of(step, dtype, n).requireGradient())
              .toArray(Tensor[]::new);
      Tensor y = testCase.operation().apply(tensors);
      y.square().sum().backward();
      return Stream.concat(
              Stream.of(y.toDoubles()),
              Arrays.stream(tensors)
                  .map(t -> t.gradient() == null ? new double[0] : t.gradient().toDoubles()))
          .toArray(double[][]::new);
    }
  }

  @Test
  void releaseWorksWithChecks() {
    Rng rng = new Rng(3);
    float[] values = Tensors.gaussians(rng, 40);
    try (Sequential model =
        Sequential.of(new Linear(4, 8, rng), new Linear(8, 8, rng), new Linear(8, 2, rng))) {
      float[] plain;
      try (Step step = Step.inference()) {
        plain = model.forward(step.tensor(values, 10, 4)).toFloats();
      }
      try (Step step = Step.inference()) {
        step.checkEachOperation();
        assertArrayEquals(plain, model.forward(step.tensor(values, 10, 4)).toFloats());
      }
    }
  }

  @ParameterizedTest
  @EnumSource(KernelSet.class)
  void discardedNanIsPermitted(KernelSet kernels) {
    float nan = Float.NaN;
    try (Step step = kernels.training(new Rng(1))) {
      step.checkEachOperation();
      Tensor targets = step.tensor(new int[] {1, -1}, 1, 2);
      Tensor logits = step.tensor(new float[] {1, 2, 3, nan, 5, 6}, 1, 2, 3).requireGradient();
      logits.crossEntropy(targets, -1).backward();
      assertTrue(NonFinite.index(logits.gradient()) < 0);
      Tensor x = step.tensor(new float[] {1, nan, 3}, 3).requireGradient();
      Tensor mask = step.tensor(new int[] {0, 1, 0}, 3);
      x.maskedFill(mask, 0).sum().backward();
      assertArrayEquals(new float[] {1, 0, 1}, x.gradient().toFloats());
      assertArrayEquals(new float[] {1}, x.slice(0, 0, 1).toFloats());
      assertArrayEquals(new float[] {3}, x.gather(0, step.tensor(new int[] {2}, 1)).toFloats());
      NonFiniteException exception =
          assertThrows(
              NonFiniteException.class,
              () -> logits.crossEntropy(step.tensor(new int[] {-1, 1}, 1, 2), -1));
      assertMessageContains(
          exception, "crossEntropy", "input 0 of shape [2, 3] is NaN", "a constant");
      assertMessageContains(
          assertThrows(NonFiniteException.class, () -> x.slice(0, 1, 3)),
          "slice: input 0 of shape [3] is NaN",
          "a constant");
    }
  }

  /** The message must not claim that the operands were finite. */
  @ParameterizedTest
  @EnumSource(KernelSet.class)
  void preexistingNanIsReportedAsSuch(KernelSet kernels) {
    try (Linear linear = new Linear(2, 1, new Rng(1));
        Step step = kernels.training(new Rng(1))) {
      Tensor old = step.tensor(new float[] {-1}, 1).log();
      step.checkEachOperation();
      Tensor x = step.tensor(new float[] {1, Float.NaN}, 1, 2);
      for (Executable use :
          new Executable[] {() -> x.clamp(0, 1), () -> x.reshape(2).mul(2), () -> old.add(1)}) {
        NonFiniteException exception = assertThrows(NonFiniteException.class, use);
        assertMessageContains(
            exception,
            "input 0",
            "is NaN",
            "it was not computed by a checked operation",
            "a constant");
        assertFalse(
            exception.getMessage().contains("none of the operands is NaN"), exception.getMessage());
      }
      Variable weight = linear.variables().values().iterator().next();
      weight.set(new float[] {1, Float.NaN});
      NonFiniteException exception =
          assertThrows(
              NonFiniteException.class,
              () -> linear.forward(step.tensor(new float[] {1, 1}, 1, 2)));
      assertMessageContains(
          exception, "input 1 of shape [2, 1] is NaN", "the variable " + weight.name());
    }
  }

  @Test
  void overflowOfAGradientSumIsDetected() {
    try (Variable v = variable(0);
        Step step = Step.training(new Rng(1))) {
      step.checkEachOperation();
      Tensor x = v.in(step);
      Tensor loss = x.mul(3e38).add(x.mul(2e38)).sum();
      assertThrows(NonFiniteException.class, loss::backward);
    }
  }

  @Test
  void nanOfAGradientSumIsDetected() {
    try (Variable v = variable(0);
        Step step = Step.training(new Rng(1))) {
      step.checkEachOperation();
      Tensor x = v.in(step).mul(1.5);
      Tensor loss = x.mul(3e38).add(x.mul(2e38)).sub(x.mul(3e38).add(x.mul(2e38))).sum();
      assertThrows(NonFiniteException.class, loss::backward);
    }
  }

  /** As documented, results and gradients that are not finite throw. */
  @Test
  void nanWeightIsDetectedAtItsUse() {
    try (Variable v = variable(Float.NaN);
        Step step = Step.training(new Rng(1))) {
      step.checkEachOperation();
      assertThrows(NonFiniteException.class, () -> v.in(step).square().sum().backward());
    }
  }

  @Test
  void errorReportsNanInsteadOfTheMask() {
    float infinity = Float.POSITIVE_INFINITY;
    try (Step step = Step.inference()) {
      step.checkEachOperation();
      Tensor mask = step.tensor(new float[] {-infinity, -infinity}, 2);
      Tensor x = step.tensor(new float[] {0, infinity}, 2);
      NonFiniteException e = assertThrows(NonFiniteException.class, () -> x.add(mask));
      assertTrue(Double.isNaN(e.value()), e.getMessage());
    }
  }

  @Test
  void errorNamesAllPositionsOfARepeatedOperand() {
    try (Variable v = new Variable(true, new float[] {1e-30f, 1}, 2);
        Step step = Step.training(new Rng(1))) {
      step.checkEachOperation();
      Tensor testCase = v.in(step);
      // -(a / b) / b of the second operand overflows, while 1 / b of the first does not.
      Tensor loss = testCase.div(testCase).mul(1e20).sum();
      NonFiniteException e = assertThrows(NonFiniteException.class, loss::backward);
      assertTrue(e.getMessage().contains("input 1"), e.getMessage());
    }
  }

  @Test
  void overflowOfAccumulatedGradientsIsDetected() {
    try (Variable v = variable(0);
        Step step = Step.training(new Rng(1))) {
      step.checkEachOperation();
      v.in(step).mul(3e38).backward();
      Tensor second = v.in(step).mul(2e38);
      assertThrows(NonFiniteException.class, second::backward);
    }
  }

  private static Variable variable(float... values) {
    return new Variable(true, values, values.length);
  }
}
