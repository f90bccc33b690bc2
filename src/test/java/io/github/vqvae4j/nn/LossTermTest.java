package io.github.vqvae4j.nn;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import io.github.vqvae4j.random.RngKey;
import io.github.vqvae4j.tensor.Step;
import io.github.vqvae4j.tensor.Tensor;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Which terms of a loss are constants by mistake. */
class LossTermTest {
  @ParameterizedTest
  @CsvSource({
    "3, 1, true",
    "-2, 0.5, true",
    "3, 0, false",
    "0, 1, false",
    "NaN, 1, false",
    "Infinity, 1, false"
  })
  void constants(float value, double weight, boolean isConstant) {
    try (Step step = Step.training(new RngKey(1, 1, 0))) {
      Tensor scalar = step.tensor(new float[] {value}, 1);
      assertEquals(isConstant, new LossTerm("a", scalar, weight).isConstant());
      assertFalse(new LossTerm("a", scalar.requireGradient().mul(2), weight).isConstant());
    }
  }
}
