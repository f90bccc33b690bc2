package io.github.vqvae4j.tensor;

import static io.github.vqvae4j.io.ErrorText.assertMessageContains;
import static io.github.vqvae4j.tensor.Tensors.embedded;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.github.vqvae4j.nn.Linear;
import io.github.vqvae4j.nn.Sequential;
import io.github.vqvae4j.random.Rng;
import java.util.List;
import java.util.function.Function;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Tests that returned gradients are constant and that stale variables are detected. */
class BackwardTest {
  private static final Rng RNG = new Rng(1);

  /** A named loss of a variable [2]. */
  record Loss(String name, Function<Tensor, Tensor> of) {
    @Override
    public String toString() {
      return name;
    }
  }

  static Stream<Loss> losses() {
    return Stream.of(
        new Loss("square", x -> x.square().sum()),
        new Loss("sum", Tensor::sum),
        new Loss("sum with itself", x -> x.add(x).sum()),
        new Loss("view", x -> x.reshape(2, 1).square().sum()),
        new Loss("residual", x -> x.add(x.square()).sum()),
        new Loss("straight through", x -> x.straightThrough(x.stopGradient().mul(3)).sum()),
        new Loss("difference", x -> x.mul(2).sub(x).sum()),
        new Loss("embedding", x -> embedded(x.reshape(2, 1), 1, 0, 1).square().sum()),
        new Loss("cross-entropy", x -> x.reshape(1, 2).crossEntropy(1)));
  }

  @ParameterizedTest
  @MethodSource("losses")
  void returnedGradientsAreConstant(Loss loss) {
    for (Loss second : losses().toList()) {
      Variable variable = new Variable(true, new float[] {1, 2}, 2);
      try (Step step = Step.training(RNG)) {
        Tensor x = variable.in(step);
        Tensor first = loss.of().apply(x);
        Tensor other = second.of().apply(x);
        first.backward();
        Tensor gradient = step.gradient(variable);
        float[] read = gradient.toFloats();
        other.backward();
        String both = loss + ", then " + second;
        assertArrayEquals(read, gradient.toFloats(), both);
        float[] separate = gradientOf(second, variable);
        float[] sum = {read[0] + separate[0], read[1] + separate[1]};
        assertArrayEquals(sum, step.gradient(variable).toFloats(), 1e-6f, both);
      }
      variable.close();
    }
  }

  private static float[] gradientOf(Loss loss, Variable variable) {
    try (Step step = Step.training(RNG)) {
      loss.of().apply(variable.in(step)).backward();
      return step.gradient(variable).toFloats();
    }
  }

  @Test
  void secondBackwardDoesNotChangeReturnedGradients() {
    try (Step step = Step.training(RNG)) {
      Tensor x = step.tensor(new float[] {1, 2}, 2).requireGradient();
      x.square().sum().backward();
      Tensor gradient = x.gradient();
      x.mul(10).sum().backward();
      assertArrayEquals(new float[] {2, 4}, gradient.toFloats());
      assertArrayEquals(new float[] {12, 14}, x.gradient().toFloats());
    }
  }

  @ParameterizedTest
  @MethodSource("losses")
  void writingAVariableBeforeBackwardThrows(Loss loss) {
    Variable variable = new Variable(true, new float[] {1, 2}, 2);
    try (Step step = Step.training(RNG)) {
      Tensor old = loss.of().apply(variable.in(step));
      variable.set(new float[] {3, 4});
      assertMessageContains(
          assertThrows(IllegalStateException.class, old::backward),
          "variable of shape [2]",
          "written",
          "backward() before writing");
    }
    try (Step step = Step.training(RNG)) {
      loss.of().apply(variable.in(step)).backward();
      variable.write(0, new float[] {5}, 0, 1);
      loss.of().apply(variable.in(step)).backward();
    }
    variable.close();
  }

  @Test
  void errorsUseTheVariableNameWithinTheModel() {
    Rng rng = new Rng(3);
    try (Sequential model = Sequential.of(new Linear(2, 3, rng), new Linear(3, 1, rng));
        Step step = Step.training(RNG)) {
      Tensor loss = model.forward(step.tensor(new float[] {1, 2}, 1, 2)).square().sum();
      Variable weight = model.variables().get("1.weight");
      weight.set(new float[] {1, 2, 3});
      assertMessageContains(
          assertThrows(IllegalStateException.class, loss::backward), "1.weight was written");
    }
  }

  /** Gradients also depend on constants: buffers, and variables behind stopGradient. */
  @Test
  void constantsInVariableMemoryAreCheckedToo() {
    Variable variable = new Variable(true, new float[] {1, 2}, 2);
    Variable buffer = new Variable(false, new float[] {3, 4}, 2);
    for (Variable constant : List.of(variable, buffer)) {
      try (Step step = Step.training(RNG)) {
        Tensor x = step.tensor(new float[] {5, 6}, 2).requireGradient();
        Tensor loss = x.mul(constant.in(step).stopGradient()).sum();
        constant.set(new float[] {7, 8});
        assertThrows(IllegalStateException.class, loss::backward);
      }
    }
    variable.close();
    buffer.close();
  }

  @Test
  void gradientsThrowAfterAFailedBackward() {
    Variable first = new Variable(true, new float[] {1, 2}, 2);
    Variable second = new Variable(true, new float[] {3, 4}, 2);
    try (Step step = Step.training(RNG)) {
      Tensor other = second.in(step).square().sum();
      Tensor loss = first.in(step).square().mul(second.in(step)).sum();
      first.set(new float[] {5, 6});
      assertMessageContains(assertThrows(IllegalStateException.class, loss::backward), "written");
      for (Executable use : List.<Executable>of(other::backward, () -> step.gradient(second))) {
        assertMessageContains(
            assertThrows(IllegalStateException.class, use),
            "earlier call of backward()",
            "new step");
      }
    }
    first.close();
    second.close();
  }

  /** Memory that gradients depend on must not be reused after release(). */
  @Test
  void releaseKeepsOperandsOfGradients() {
    for (int way = 0; way < 4; way++) {
      try (Step step = Step.inference()) {
        Tensor x = step.tensor(new float[] {1, 2}, 2).requireGradient();
        Tensor factor = step.tensor(new float[] {3, 4}, 2).mul(1);
        Tensor loss =
            switch (way) {
              case 0 -> x.mul(factor).sum();
              case 1 -> x.mul(factor.reshape(1, 2)).sum();
              case 2 -> x.reshape(2, 1).matmul(factor.reshape(1, 2)).sum().mul(0.5);
              default -> x.mul(factor.stopGradient()).sum();
            };
        // Another, untracked result of the factor, which appears to be its last use.
        factor.add(1).release(factor);
        for (int i = 0; i < 4; i++) {
          step.tensor(new float[] {100, 100}, 2);
        }
        loss.backward();
        float[] expected = way == 2 ? new float[] {3.5f, 3.5f} : new float[] {3, 4};
        assertArrayEquals(expected, x.gradient().toFloats(), "way " + way);
      }
    }
  }

  @Test
  void releaseKeepsResultsUsedByGradients() {
    try (Step step = Step.inference()) {
      Tensor x = step.tensor(new float[] {1}, 1).requireGradient();
      Tensor y = x.exp();
      Tensor view = y.stopGradient();
      view.add(1).release(view);
      step.tensor(new float[] {100}, 1);
      y.sum().backward();
      assertEquals(Math.E, x.gradient().item(), 1e-6);
    }
  }
}
