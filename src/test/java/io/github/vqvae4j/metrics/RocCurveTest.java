package io.github.vqvae4j.metrics;

import static io.github.vqvae4j.io.ErrorText.assertMessageContains;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.github.vqvae4j.random.Rng;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RocCurveTest {
  @ParameterizedTest
  @CsvSource({"1, 1", "1, 7", "13, 1", "50, 31", "101, 257"})
  void areaIsTheFractionOfOrderedPairsWithTiesCountedHalf(int negatives, int positives) {
    Rng rng = new Rng(5);
    for (int levels : new int[] {1, 2, 5, 1_000_000}) {
      double[] n = scores(rng, negatives, levels, 0);
      double[] p = scores(rng, positives, levels, 0.2);
      double pairs = 0;
      for (double positive : p) {
        for (double negative : n) {
          pairs += positive > negative ? 1 : positive == negative ? 0.5 : 0;
        }
      }
      assertEquals(pairs / negatives / positives, RocCurve.of(n, p).auc(), 1e-15);
      assertEquals(1 - pairs / negatives / positives, RocCurve.of(p, n).auc(), 1e-12);
    }
  }

  /** Returns scores with a limited number of levels; {@code shift} increases those of positives. */
  private static double[] scores(Rng rng, int count, int levels, double shift) {
    double[] scores = new double[count];
    for (int i = 0; i < count; i++) {
      scores[i] = Math.floor((rng.nextDouble() + shift) * levels);
    }
    return scores;
  }

  @Test
  void pointsRangeFromZeroToOne() {
    RocCurve curve = RocCurve.of(new double[] {1, 2, 2, 0}, new double[] {3, 2});
    assertArrayEquals(new double[] {0, 0, 0.5, 0.75, 1}, curve.falsePositiveRates());
    assertArrayEquals(new double[] {0, 0.5, 1, 1, 1}, curve.truePositiveRates());
    assertEquals(7.0 / 8, curve.auc());
  }

  @Test
  void infiniteScoresAreAllowedAndZeroHasNoSign() {
    double[] ends = {Double.NEGATIVE_INFINITY, Double.POSITIVE_INFINITY};
    assertEquals(0.5, RocCurve.of(ends, ends).auc());
    assertEquals(0.5, RocCurve.of(new double[] {-0.0}, new double[] {0.0}).auc());
  }

  @Test
  void scoresAreNotModified() {
    double[] scores = {3, 1, 2};
    RocCurve.of(scores, scores);
    assertArrayEquals(new double[] {3, 1, 2}, scores);
  }

  @Test
  void invalidArgumentsAreRejected() {
    double[] one = {1};
    assertMessageContains(
        assertThrows(IllegalArgumentException.class, () -> RocCurve.of(new double[0], one)),
        "scores of negatives",
        "got no scores",
        "Score at least one");
    assertMessageContains(
        assertThrows(
            IllegalArgumentException.class, () -> RocCurve.of(one, new double[] {2, Double.NaN})),
        "scores of positives",
        "got NaN among 2 scores",
        "exclude examples");
  }

  @Test
  void moreScoresThanTheMaximumAreRejected() {
    assertEquals(2_000_000_001, RocCurve.maxPoints(1_000_000_000, 1_000_000_000));
    assertMessageContains(
        assertThrows(
            IllegalArgumentException.class, () -> RocCurve.maxPoints(1_073_741_824, 1_073_741_824)),
        "got 1073741824 and 1073741824",
        "Use a random sample");
  }
}
