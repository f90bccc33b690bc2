package io.github.vqvae4j.tensor;

import static io.github.vqvae4j.io.ErrorText.assertSays;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.github.vqvae4j.random.Rng;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Weights made of weights. */
class DerivedTest {
  private final AtomicInteger computed = new AtomicInteger();

  private Derived doubled(Variable variable) {
    return new Derived(
        variable,
        x -> {
          computed.incrementAndGet();
          return x.mul(2);
        });
  }

  @Test
  void isComputedOncePerWriteWhereNothingTrains() {
    try (Variable variable = new Variable(true, new float[] {1, 2}, 2)) {
      Derived derived = doubled(variable);
      assertArrayEquals(new float[] {2, 4}, inferred(derived));
      assertArrayEquals(new float[] {2, 4}, inferred(derived));
      assertEquals(1, computed.get());
      variable.set(new float[] {3, 5});
      assertArrayEquals(new float[] {6, 10}, inferred(derived));
      assertEquals(2, computed.get());
    }
  }

  @Test
  void gradientsGoThroughIt() {
    try (Variable variable = new Variable(true, new float[] {1, 2}, 2);
        Step step = Step.training(new Rng(1))) {
      doubled(variable).in(step).square().sum().backward();
      assertArrayEquals(new float[] {8, 16}, step.gradient(variable).toFloats());
    }
  }

  @Test
  void followsTheVariablesPrecisionAndItsEnd() {
    Variable variable = new Variable(true, new float[] {1, 2}, 2);
    Derived derived = doubled(variable);
    inferred(derived);
    variable.convert(DType.DOUBLE);
    variable.set(new double[] {1.0 / 3, 1});
    try (Step step = Step.inference()) {
      assertArrayEquals(new double[] {2.0 / 3, 2}, derived.in(step).toDoubles());
    }
    variable.close();
    assertSays(
        assertThrows(IllegalStateException.class, () -> inferred(derived)), "model was closed");
  }

  @Test
  void manyThreadsMayUseIt() {
    try (Variable variable = new Variable(true, new float[10_000], 10_000)) {
      Derived derived = doubled(variable);
      for (int write = 1; write <= 20; write++) {
        float[] values = new float[10_000];
        java.util.Arrays.fill(values, write);
        variable.set(values);
        int expected = 2 * write;
        IntStream.range(0, 8)
            .parallel()
            .forEach(
                i -> {
                  for (float number : inferred(derived)) {
                    assertEquals(expected, number);
                  }
                });
      }
      assertEquals(20, computed.get());
    }
  }

  private static float[] inferred(Derived derived) {
    try (Step step = Step.inference()) {
      return derived.in(step).toFloats();
    }
  }
}
