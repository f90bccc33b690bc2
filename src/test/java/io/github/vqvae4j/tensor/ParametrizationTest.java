package io.github.vqvae4j.tensor;

import static io.github.vqvae4j.io.ErrorText.assertMessageContains;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.github.vqvae4j.random.Rng;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Tests caching and gradients of tensors computed from variables. */
class ParametrizationTest {
  private final AtomicInteger computed = new AtomicInteger();

  private Parametrization doubled(Variable variable) {
    return new Parametrization(
        variable,
        x -> {
          computed.incrementAndGet();
          return x.mul(2);
        });
  }

  @Test
  void inferenceComputesTheValueOncePerWrite() {
    try (Variable variable = new Variable(true, new float[] {1, 2}, 2)) {
      Parametrization parametrization = doubled(variable);
      assertArrayEquals(new float[] {2, 4}, inferenceValue(parametrization));
      assertArrayEquals(new float[] {2, 4}, inferenceValue(parametrization));
      assertEquals(1, computed.get());
      variable.set(new float[] {3, 5});
      assertArrayEquals(new float[] {6, 10}, inferenceValue(parametrization));
      assertEquals(2, computed.get());
    }
  }

  @Test
  void gradientsPropagateToTheVariable() {
    try (Variable variable = new Variable(true, new float[] {1, 2}, 2);
        Step step = Step.training(new Rng(1))) {
      doubled(variable).in(step).square().sum().backward();
      assertArrayEquals(new float[] {8, 16}, step.gradient(variable).toFloats());
    }
  }

  /** Covers writes of each variable, in inference and training. */
  @Test
  void valueFollowsWritesOfEachVariable() {
    try (Variable a = new Variable(true, new float[] {1, 2}, 2);
        Variable b = new Variable(true, new float[] {3, 5}, 2)) {
      Parametrization product = product(a, b);
      assertArrayEquals(new float[] {3, 10}, inferenceValue(product));
      b.set(new float[] {7, 11});
      assertArrayEquals(new float[] {7, 22}, inferenceValue(product));
      a.set(new float[] {2, 3});
      assertArrayEquals(new float[] {14, 33}, inferenceValue(product));
      assertArrayEquals(new float[] {14, 33}, inferenceValue(product));
      assertEquals(3, computed.get());
      try (Step step = Step.training(new Rng(1))) {
        product.in(step).square().sum().backward();
        assertArrayEquals(new float[] {196, 726}, step.gradient(a).toFloats());
        assertArrayEquals(new float[] {56, 198}, step.gradient(b).toFloats());
      }
      IllegalArgumentException none =
          assertThrows(
              IllegalArgumentException.class, () -> new Parametrization(List.of(), t -> null));
      assertMessageContains(none, "at least one variable");
    }
  }

  /** All uses in a step share the tensor until a variable is written. */
  @Test
  void trainingComputesTheValueOncePerWrite() {
    try (Variable a = new Variable(true, new float[] {1, 2}, 2);
        Variable b = new Variable(true, new float[] {3, 5}, 2)) {
      Parametrization product = product(a, b);
      for (int i = 1; i <= 2; i++) {
        try (Step step = Step.training(new Rng(1))) {
          Tensor first = product.in(step);
          assertSame(first, product.in(step));
          first.square().add(product.in(step)).sum().backward();
          assertArrayEquals(new float[] {21, 105}, step.gradient(a).toFloats());
        }
        assertEquals(i, computed.get(), "once per step");
      }
      try (Step step = Step.training(new Rng(1))) {
        product.in(step);
        b.set(new float[] {7, 11});
        assertArrayEquals(new float[] {7, 22}, product.in(step).toFloats());
      }
      assertEquals(4, computed.get());
    }
  }

  /** Successive losses backpropagate separately through the shared value. */
  @Test
  void gradientsOfSeveralLossesPropagate() {
    try (Variable a = new Variable(true, new float[] {1, 2}, 2);
        Variable b = new Variable(true, new float[] {3, 5}, 2);
        Step step = Step.training(new Rng(1))) {
      Parametrization product = product(a, b);
      Tensor testCase = product.in(step).sum();
      Tensor two = product.in(step).mul(10).sum();
      testCase.backward();
      two.backward();
      assertArrayEquals(new float[] {33, 55}, step.gradient(a).toFloats());
      Tensor three = product.in(step).mul(100).sum();
      assertArrayEquals(
          new float[] {300, 500}, step.gradients(three, List.of(a)).get(0).toFloats());
      Tensor result = product.in(step).exp();
      result.sum().backward();
      assertThrows(IllegalStateException.class, () -> result.sum().backward(), "others as before");
    }
  }

  /** Values computed before the trace started are not part of it. */
  @Test
  void valueIsRecomputedForALaterTrace() {
    try (Variable a = new Variable(true, new float[] {1, 2}, 2);
        Variable b = new Variable(true, new float[] {3, 5}, 2)) {
      for (boolean training : new boolean[] {false, true}) {
        try (Step step = training ? Step.training(new Rng(1)) : Step.inference()) {
          a.set(new float[] {1, 2});
          Parametrization product = product(a, b);
          product.in(step);
          Trace trace = step.trace();
          Tensor sum = product.in(step).add(product.in(step));
          a.set(new float[] {10, 20});
          try (Step other = Step.inference()) {
            Tensor now = trace.replay(other, Map.of()).get(sum);
            assertArrayEquals(new float[] {60, 200}, now.toFloats());
          }
          assertEquals(2, trace.operations().size(), "the product once, the sum");
        }
      }
    }
  }

  private Parametrization product(Variable a, Variable b) {
    return new Parametrization(
        List.of(a, b),
        t -> {
          computed.incrementAndGet();
          return t.get(0).mul(t.get(1));
        });
  }

  @Test
  void valueFollowsConversionAndCloseOfTheVariable() {
    Variable variable = new Variable(true, new float[] {1, 2}, 2);
    Parametrization parametrization = doubled(variable);
    inferenceValue(parametrization);
    variable.convert(DType.DOUBLE);
    variable.set(new double[] {1.0 / 3, 1});
    try (Step step = Step.inference()) {
      assertArrayEquals(new double[] {2.0 / 3, 2}, parametrization.in(step).toDoubles());
    }
    variable.close();
    assertMessageContains(
        assertThrows(IllegalStateException.class, () -> inferenceValue(parametrization)),
        "model was closed");
  }

  @Test
  void threadsMayShareIt() {
    try (Variable variable = new Variable(true, new float[10_000], 10_000)) {
      Parametrization parametrization = doubled(variable);
      for (int write = 1; write <= 20; write++) {
        float[] values = new float[10_000];
        java.util.Arrays.fill(values, write);
        variable.set(values);
        int expected = 2 * write;
        IntStream.range(0, 8)
            .parallel()
            .forEach(
                i -> {
                  for (float value : inferenceValue(parametrization)) {
                    assertEquals(expected, value);
                  }
                });
      }
      assertEquals(20, computed.get());
    }
  }

  private static float[] inferenceValue(Parametrization parametrization) {
    try (Step step = Step.inference()) {
      return parametrization.in(step).toFloats();
    }
  }
}
