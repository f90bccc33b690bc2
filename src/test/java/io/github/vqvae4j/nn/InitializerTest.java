package io.github.vqvae4j.nn;

import static io.github.vqvae4j.io.ErrorText.assertMessageContains;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.vqvae4j.random.Rng;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class InitializerTest {
  private static final int FAN_IN = 48;
  private static final int FAN_OUT = 80;

  /**
   * Standard deviations from each formula; truncation at 2 sigma reduces them by a factor of
   * 0.8796.
   */
  @ParameterizedTest
  @CsvSource({
    "TORCH, 0.08333, 0.14434",
    "KAIMING_UNIFORM, 0.20412, 0.35355",
    "KAIMING_NORMAL, 0.20412, 10",
    "XAVIER_UNIFORM, 0.125, 0.21651",
    "XAVIER_NORMAL, 0.125, 10",
    "TRUNCATED_NORMAL, 0.12696, 0.28868",
  })
  void standardDeviationAndBoundMatchTheFormulas(
      Initializer initializer, double deviation, double bound) {
    float[] weights = initializer.weights(new Rng(3), FAN_IN, FAN_OUT, 200_000);
    double mean = 0;
    double squares = 0;
    double max = 0;
    for (float w : weights) {
      mean += w / weights.length;
      squares += (double) w * w / weights.length;
      max = Math.max(max, Math.abs(w));
    }
    assertEquals(0, mean, 0.01 * deviation);
    assertEquals(deviation, Math.sqrt(squares), 0.01 * deviation);
    assertTrue(max <= bound * 1.0001, "maximum " + max);
  }

  @ParameterizedTest
  @CsvSource({"TORCH, true", "KAIMING_NORMAL, false", "TRUNCATED_NORMAL, false"})
  void onlyPyTorchBiasesAreRandom(Initializer initializer, boolean random) {
    float[] biases = initializer.biases(new Rng(3), FAN_IN, 100);
    float sum = 0;
    for (float b : biases) {
      sum += Math.abs(b);
    }
    assertEquals(random, sum > 0);
  }

  @Test
  void rejectsMoreWeightsThanAnArrayHolds() {
    assertMessageContains(
        assertThrows(
            IllegalArgumentException.class,
            () -> Initializer.TORCH.weights(new Rng(1), 1, 1, 1L << 31)),
        "expected fewer than 2^31 weights in a layer, got 2147483648");
  }
}
