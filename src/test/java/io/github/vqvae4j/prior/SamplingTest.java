package io.github.vqvae4j.prior;

import static io.github.vqvae4j.io.ErrorText.assertMessageContains;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.vqvae4j.random.Rng;
import io.github.vqvae4j.tensor.NonFiniteException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Draws of codes, compared with a direct statement of the definitions. */
class SamplingTest {
  private static final double ROUNDING = 1e-12;

  /** Logits of probabilities 0.4, 0.1, 0.3, 0.2. */
  private static final double[] LOGITS = logs(0.4, 0.1, 0.3, 0.2);

  private static double[] logs(double... probabilities) {
    double[] logits = probabilities.clone();
    for (int i = 0; i < logits.length; i++) {
      logits[i] = Math.log(logits[i]) + 7; // a constant changes nothing
    }
    return logits;
  }

  private static void assertProbabilities(Sampling sampling, double... expected) {
    assertArrayEquals(expected, sampling.probabilities(LOGITS), ROUNDING);
  }

  @Test
  void theDefaultIsTheSoftmax() {
    assertProbabilities(Sampling.DEFAULT, 0.4, 0.1, 0.3, 0.2);
  }

  @Test
  void theTemperatureIsAPower() {
    // p^2 / sum p^2
    assertProbabilities(Sampling.temperature(0.5), 16 / 30.0, 1 / 30.0, 9 / 30.0, 4 / 30.0);
  }

  @Test
  void temperature0IsTheLowestOfTheLargest() {
    assertArrayEquals(new double[] {0, 1, 0, 0}, Sampling.GREEDY.probabilities(1, 3, 3, 2));
    assertEquals(1, Sampling.GREEDY.topK(2).topP(0.1).draw(0.999, 1, 3, 3, 2));
  }

  @Test
  void aTinyTemperatureIsFinite() {
    assertArrayEquals(
        new double[] {0, 1, 0}, Sampling.temperature(Double.MIN_VALUE).probabilities(-1e300, 5, 4));
  }

  @Test
  void topKKeepsAllCodesEqualToTheKth() {
    assertProbabilities(Sampling.DEFAULT.topK(2), 4 / 7.0, 0, 3 / 7.0, 0);
    double[] ties = Sampling.DEFAULT.topK(2).probabilities(1, 2, 1, 0);
    assertTrue(ties[0] > 0 && ties[0] == ties[2] && ties[3] == 0);
    assertProbabilities(Sampling.DEFAULT.topK(9), 0.4, 0.1, 0.3, 0.2);
  }

  /** 0.1 + .. + 0.1 is below 0.8 in floating point, and 0.3 + 0.3 + 0.3 below 0.9. */
  @Test
  void topPKeepsNoFurtherCodeBecauseOfRounding() {
    double[] kept = Sampling.DEFAULT.topP(0.8).probabilities(new double[10]);
    assertEquals(8, Arrays.stream(kept).filter(p -> p > 0).count());
    double[] three =
        Sampling.DEFAULT.topP(0.9).probabilities(Math.log(3), Math.log(3), Math.log(3), 0);
    assertArrayEquals(new double[] {1 / 3.0, 1 / 3.0, 1 / 3.0, 0}, three, 1e-12);
    assertEquals(1, Sampling.DEFAULT.topP(1e-300).probabilities(1, 2)[1]);
  }

  @Test
  void topPKeepsTheCodeThatReachesP() {
    assertProbabilities(Sampling.DEFAULT.topP(0.5), 4 / 7.0, 0, 3 / 7.0, 0);
    assertProbabilities(Sampling.DEFAULT.topP(0.39), 1, 0, 0, 0);
    assertProbabilities(Sampling.DEFAULT.topP(1e-9), 1, 0, 0, 0);
    assertProbabilities(Sampling.DEFAULT.topP(0.85), 4 / 9.0, 0, 3 / 9.0, 2 / 9.0);
    assertArrayEquals(
        new double[] {0.5, 0.5, 0, 0}, Sampling.DEFAULT.topP(0.5).probabilities(1, 1, 1, 1));
  }

  @Test
  void topKPrecedesTopP() {
    // Of 4/7 and 3/7, 4/7 reaches 0.5; of the original probabilities, 0.4 does not.
    assertProbabilities(Sampling.DEFAULT.topK(2).topP(0.5), 1, 0, 0, 0);
  }

  @Test
  void theTemperaturePrecedesTopP() {
    assertProbabilities(Sampling.temperature(0.5).topP(0.5), 1, 0, 0, 0);
  }

  @Test
  void guidanceExtrapolatesFromTheUnconditionalLogits() {
    double[] logits = {1, 2};
    Sampling.DEFAULT.guidance(3).guide(logits, new double[] {0, 5});
    assertArrayEquals(new double[] {3, -4}, logits);
    double[] unchanged = {1, 2};
    Sampling.DEFAULT.guidance(0).guide(unchanged, new double[] {0, 5});
    assertArrayEquals(new double[] {0, 5}, unchanged);
  }

  @Test
  void randomSettingsMatchTheDefinition() {
    Rng rng = new Rng(1);
    for (int n = 0; n < 2_000; n++) {
      double[] logits = new double[1 + rng.nextInt(8)];
      for (int i = 0; i < logits.length; i++) {
        logits[i] = rng.nextInt(5); // with ties
      }
      Sampling sampling =
          Sampling.temperature(0.3 + rng.nextDouble())
              .topK(rng.nextInt(5))
              .topP(1 - rng.nextDouble());
      assertArrayEquals(
          defined(sampling, logits), sampling.probabilities(logits), ROUNDING, sampling.toString());
    }
  }

  /** The definition: codes are dropped one by one while the rest satisfies the conditions. */
  private static double[] defined(Sampling sampling, double... logits) {
    int count = logits.length;
    List<Integer> kept = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      int larger = 0;
      for (double other : logits) {
        larger += other > logits[i] ? 1 : 0;
      }
      if (sampling.topK() == 0 || larger < sampling.topK()) {
        kept.add(i);
      }
    }
    double all = kept.stream().mapToDouble(i -> weight(sampling, logits[i])).sum();
    double[] result = new double[count];
    for (int i : kept) {
      double before = 0;
      for (int j : kept) {
        if (logits[j] > logits[i] || (logits[j] == logits[i] && j < i)) {
          before += weight(sampling, logits[j]);
        }
      }
      result[i] = before / all < sampling.topP() ? weight(sampling, logits[i]) : 0;
    }
    double sum = 0;
    for (double value : result) {
      sum += value;
    }
    for (int i = 0; i < count; i++) {
      result[i] /= sum;
    }
    return result;
  }

  private static double weight(Sampling sampling, double logit) {
    return Math.exp(logit / sampling.temperature());
  }

  @Test
  void drawsInvertTheCumulativeDistribution() {
    int[] counts = new int[4];
    int n = 10_000;
    for (int i = 0; i < n; i++) {
      counts[Sampling.DEFAULT.draw((i + 0.5) / n, LOGITS)]++;
    }
    assertArrayEquals(new int[] {4_000, 1_000, 3_000, 2_000}, counts);
    assertEquals(0, Sampling.DEFAULT.draw(0, LOGITS));
    assertEquals(2, Sampling.DEFAULT.topK(2).draw(Math.nextDown(1.0), LOGITS));
  }

  @ParameterizedTest
  @ValueSource(doubles = {-0.1, Double.NaN, Double.POSITIVE_INFINITY})
  void rejectsTemperatures(double temperature) {
    assertRejected("Sampling.temperature", () -> Sampling.temperature(temperature));
  }

  @ParameterizedTest
  @ValueSource(doubles = {0, -1, 1.001, Double.NaN})
  void rejectsTopP(double p) {
    assertRejected("Sampling.topP", () -> Sampling.DEFAULT.topP(p));
  }

  @Test
  void rejectsTopKAndGuidance() {
    assertRejected("Sampling.topK", () -> Sampling.DEFAULT.topK(-1));
    assertRejected("Sampling.guidance", () -> Sampling.DEFAULT.guidance(-1));
    assertRejected("Sampling.guidance", () -> Sampling.DEFAULT.guidance(Double.NaN));
  }

  private static void assertRejected(String setting, Runnable call) {
    String message = assertThrows(IllegalArgumentException.class, call::run).getMessage();
    assertTrue(message.startsWith(setting), message);
  }

  @Test
  void rejectsLogits() {
    assertThrows(IllegalArgumentException.class, () -> Sampling.DEFAULT.probabilities());
    NonFiniteException e =
        assertThrows(
            NonFiniteException.class, () -> Sampling.DEFAULT.probabilities(1, 2, Double.NaN));
    assertTrue(e.getMessage().contains("the logit of code 2 is NaN"), e.getMessage());
  }

  @Test
  void guidanceThatOverflowsIsNamed() {
    double[] logits = {0, 30};
    assertMessageContains(
        assertThrows(
            NonFiniteException.class,
            () -> Sampling.DEFAULT.guidance(1e308).guide(logits, new double[] {0, 1})),
        "the guided logit of code 1 is Infinity",
        "use a smaller guidance than 1.0E308");
  }
}
