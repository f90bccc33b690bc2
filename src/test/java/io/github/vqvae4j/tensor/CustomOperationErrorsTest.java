package io.github.vqvae4j.tensor;

import static io.github.vqvae4j.io.ErrorText.assertMessageContains;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import io.github.vqvae4j.memory.InsufficientMemoryException;
import io.github.vqvae4j.random.Rng;
import io.github.vqvae4j.tensor.CustomCases.Formula;
import io.github.vqvae4j.tensor.CustomCases.Gradients;
import java.util.List;
import java.util.function.Function;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Tests the messages for prohibited calls, invalid results and failures of custom operations. */
class CustomOperationErrorsTest {
  private static final Gradients PASS = (g, y, x) -> new Tensor[] {g};

  static RuntimeException assertRejected(Executable use, String... fragments) {
    IllegalStateException e = assertThrows(IllegalStateException.class, use);
    assertMessageContains(e, fragments);
    return e;
  }

  private static Tensor tensor(Step step, float... values) {
    return step.tensor(values, values.length);
  }

  private static CustomOperation forward(Function<Tensor, Tensor> value) {
    return new Formula("mine", x -> value.apply(x[0]), PASS);
  }

  // --- prohibited calls

  private record ProhibitedCall(
      String what, boolean training, Function<Tensor, Tensor> code, String says) {}

  @TestFactory
  Stream<DynamicTest> prohibitedCallsThrow() {
    Variable weight = new Variable(true, new float[] {2}, 1);
    Variable buffer = new Variable(false, new float[] {2}, 1);
    return Stream.of(
            new ProhibitedCall("a weight", true, x -> x.mul(weight.in(x.step())), "in(step)"),
            new ProhibitedCall("a weight", false, x -> x.mul(weight.in(x.step())), "in(step)"),
            new ProhibitedCall("a buffer", true, x -> x.mul(buffer.in(x.step())), "in(step)"),
            new ProhibitedCall("noise", true, Tensor::normalLike, "Generate them outside"),
            new ProhibitedCall("dropout", true, x -> x.dropout(0.5), "Generate them outside"),
            new ProhibitedCall("a shared draw", true, x -> shared(x), "Generate them outside"),
            new ProhibitedCall(
                "requireGradient", true, Tensor::requireGradient, "in a separate step"),
            new ProhibitedCall(
                "requireGradient", false, Tensor::requireGradient, "in a separate step"),
            new ProhibitedCall("backward", true, x -> backward(x), "in a separate step"),
            new ProhibitedCall("gradients", true, x -> gradients(x, weight), "in a separate step"),
            new ProhibitedCall("onCommit", true, x -> onCommit(x), "in the layer"),
            new ProhibitedCall("close", true, x -> close(x), "Close the step outside"))
        .flatMap(
            testCase ->
                Stream.of(
                    dynamicTest(testCase + " forward", () -> checkForward(testCase)),
                    dynamicTest(testCase + " backward", () -> checkBackward(testCase))));
  }

  private static Tensor shared(Tensor x) {
    x.step().sharedRng();
    return x;
  }

  private static Tensor backward(Tensor x) {
    x.sum().backward();
    return x;
  }

  private static Tensor gradients(Tensor x, Variable weight) {
    x.step().gradients(x.sum(), List.of(weight));
    return x;
  }

  private static Tensor onCommit(Tensor x) {
    x.step().onCommit(new double[0], sums -> {});
    return x;
  }

  private static Tensor close(Tensor x) {
    x.step().close();
    return x;
  }

  private static void checkForward(ProhibitedCall testCase) {
    try (Step step = testCase.training() ? Step.training(new Rng(1)) : Step.inference()) {
      Tensor x = tensor(step, 1, 2);
      assertRejected(
          () -> step.apply(forward(testCase.code()), x),
          "mine: forward failed on inputs [2] in FLOAT: ",
          "only compute from its inputs",
          testCase.says());
      // The step remains usable.
      step.onCommit(new double[0], sums -> {});
      assertArrayEquals(new float[] {2, 4}, x.add(x).toFloats());
      x.requireGradient().mul(2).sum().backward();
    }
  }

  private static void checkBackward(ProhibitedCall testCase) {
    CustomOperation operation =
        new Formula(
            "mine", x -> x[0].add(1), (g, y, x) -> new Tensor[] {testCase.code().apply(x[0])});
    try (Step step = testCase.training() ? Step.training(new Rng(1)) : Step.inference()) {
      Tensor x = tensor(step, 1, 2).requireGradient();
      Tensor loss = step.within("block", () -> step.apply(operation, x)).sum();
      assertRejected(
          loss::backward, "mine in block: backward failed on inputs [2]", testCase.says());
      assertArrayEquals(new float[] {2, 4}, x.add(x).toFloats());
      assertRejected(x::gradient, "an earlier call of backward() failed", "mine in block");
    }
  }

  @Test
  void trackedTensorsMustBeInputs() {
    try (Step step = Step.training(new Rng(1))) {
      Tensor x = tensor(step, 1, 2);
      Tensor tracked = tensor(step, 3, 4).requireGradient();
      for (CustomOperation operation :
          List.of(forward(element -> element.mul(tracked)), forward(element -> tracked))) {
        assertRejected(
            () -> step.apply(operation, x), "mine: ", "Pass it to Step.apply as an input");
      }
      Tensor constant = tensor(step, 3, 4);
      assertArrayEquals(
          new float[] {3, 8}, step.apply(forward(element -> element.mul(constant)), x).toFloats());
      assertArrayEquals(new float[] {3, 4}, step.apply(forward(element -> constant), x).toFloats());
      assertArrayEquals(new float[] {3, 4}, constant.toFloats());
    }
  }

  // --- inputs and results

  private static void assertIllegalArgument(Executable use, String... fragments) {
    assertMessageContains(assertThrows(IllegalArgumentException.class, use), fragments);
  }

  @Test
  void inputsMustBelongToTheStep() {
    try (Step step = Step.inference();
        Step other = Step.inference()) {
      Tensor x = tensor(step, 1, 2);
      CustomOperation same = forward(y -> y);
      assertIllegalArgument(
          () -> other.apply(same, x), "mine: ", "a tensor of another step as input 0");
      assertIllegalArgument(() -> step.apply(same, x, null), "mine: ", "null as input 1");
      assertIllegalArgument(() -> step.apply(same), "mine: expected at least one input");
      assertIllegalArgument(
          () -> step.apply(new Formula(" ", y -> y[0], PASS), x), "but name() of", "is blank.");
      assertIllegalArgument(
          () -> step.apply(new Formula(null, y -> y[0], PASS), x), "but name() of", "is null.");
      assertRejected(() -> step.apply(forward(y -> null), x), "mine: expected forward", "got null");
      Tensor foreign = tensor(other, 1, 2);
      assertRejected(
          () -> step.apply(forward(y -> foreign), x), "mine: ", "a tensor of another step");
    }
  }

  private static RuntimeException assertGradientsRejected(
      Gradients gradients, String... fragments) {
    CustomOperation operation =
        new Formula("mine", x -> x[0].add(x[1].to(x[0].dtype())), gradients);
    try (Step step = Step.training(new Rng(1))) {
      Tensor a = step.tensor(new float[6], 2, 3).requireGradient();
      Tensor b = step.tensor(new int[3], 3);
      return assertRejected(() -> step.apply(operation, a, b).sum().backward(), fragments);
    }
  }

  @Test
  void gradientsMustMatchTheInputs() {
    assertGradientsRejected((g, y, x) -> null, "mine: ", "an array of 2", "got null");
    assertGradientsRejected(
        (g, y, x) -> new Tensor[] {g}, "an array of 2", "got an array of 1", "Use null");
    assertGradientsRejected((g, y, x) -> new Tensor[] {g, null, null}, "got an array of 3");
    assertGradientsRejected(
        (g, y, x) -> new Tensor[] {g.sum(0), null},
        "gradient of input 0",
        "[2, 3] in FLOAT",
        "got [3] in FLOAT",
        "Sum it over axes that were broadcast");
    assertGradientsRejected(
        (g, y, x) -> new Tensor[] {g.to(DType.DOUBLE), null},
        "got [2, 3] in DOUBLE",
        "to(DType.FLOAT)");
    assertGradientsRejected((g, y, x) -> new Tensor[] {g, x[1]}, "input 1", "return null");
    assertGradientsRejected((g, y, x) -> new Tensor[] {g, g.sum(0)}, "input 1", "return null");
    try (Step other = Step.inference()) {
      Tensor foreign = other.tensor(new float[6], 2, 3);
      assertGradientsRejected((g, y, x) -> new Tensor[] {foreign, null}, "belongs to another step");
    }
  }

  // --- failures

  @Test
  void exceptionsNameTheOperationAndKeepTheirType() {
    try (Step step = Step.inference()) {
      Tensor x = tensor(step, 1, 2);
      IllegalArgumentException bad =
          assertThrows(
              IllegalArgumentException.class,
              () -> step.apply(forward(y -> y.add(y.step().tensor(new float[3], 3))), x));
      assertMessageContains(
          bad, "mine: forward failed on inputs [2] in FLOAT: add: shapes [2] and [3]");
      assertEquals(IllegalArgumentException.class, bad.getCause().getClass());
      IllegalStateException other =
          assertThrows(
              IllegalStateException.class, () -> step.apply(forward(y -> (Tensor) thrown()), x));
      assertMessageContains(other, "mine: forward failed", "java.util.NoSuchElementException");
      for (RuntimeException e :
          List.of(
              new NonFiniteException("me", "it", Double.NaN, "more care"),
              new InsufficientMemoryException("Too large.", "Less.", 1, false, null))) {
        assertSame(
            e,
            assertThrows(
                RuntimeException.class,
                () ->
                    step.apply(
                        forward(
                            y -> {
                              throw e;
                            }),
                        x)));
      }
      StackOverflowError error = new StackOverflowError();
      assertSame(
          error,
          assertThrows(
              StackOverflowError.class,
              () ->
                  step.apply(
                      forward(
                          y -> {
                            throw error;
                          }),
                      x)));
      step.onCommit(new double[0], sums -> {});
    }
  }

  private static Object thrown() {
    throw new java.util.NoSuchElementException();
  }

  // --- checks of each operation

  private static NonFiniteException nonFiniteException(CustomOperation operation, float... values) {
    try (Step step = Step.training(new Rng(1))) {
      step.checkEachOperation();
      Tensor x = tensor(step, values).requireGradient();
      return assertThrows(
          NonFiniteException.class,
          () -> step.within("block", () -> step.apply(operation, x)).tanh().sum().backward());
    }
  }

  @Test
  void nanIsReportedWithTheOperation() {
    assertMessageContains(
        nonFiniteException(forward(Tensor::log), 1, -1),
        "mine in block: the result of shape [2]",
        "NaN");
    Formula wrong = new Formula("mine", x -> x[0], (g, y, x) -> new Tensor[] {g.mul(0).log()});
    assertMessageContains(
        nonFiniteException(wrong, 1), "mine in block: the gradient of input 0", "Infinity");
  }

  /** An intermediate value overflows, but the result is finite. */
  @ParameterizedTest
  @EnumSource(KernelSet.class)
  void internalInfinitiesArePermitted(KernelSet kernels) {
    CustomOperation sigmoid = forward(x -> x.neg().exp().add(1).pow(-1));
    try (Step step = kernels.inference()) {
      step.checkEachOperation();
      assertArrayEquals(
          new float[] {0, 0.5f}, step.apply(sigmoid, tensor(step, -1000, 0)).toFloats());
    }
  }
}
