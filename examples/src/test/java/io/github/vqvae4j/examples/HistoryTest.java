package io.github.vqvae4j.examples;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.vqvae4j.metrics.CodeUsage;
import io.github.vqvae4j.train.CodebookUsage;
import io.github.vqvae4j.train.LossReport;
import io.github.vqvae4j.train.ObjectiveReport;
import io.github.vqvae4j.train.StepReport;
import io.github.vqvae4j.train.TermReport;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Curves have at most 2,000 points, regardless of the length of the run. */
class HistoryTest {
  private static History historyOf(long steps) {
    History history = new History();
    addSteps(history, 1, steps);
    return history;
  }

  private static void addSteps(History history, long first, long last) {
    List<CodebookUsage> usage =
        List.of(new CodebookUsage("codebook", CodeUsage.of(new int[] {0, 1, 1, 3}, 8_192)));
    for (long step = first; step <= last; step++) {
      List<TermReport> terms =
          List.of(new TermReport("a", 2.0 * step, 1), new TermReport("b", 7, 1));
      ObjectiveReport objective =
          new ObjectiveReport(1, new LossReport("", terms, List.of()), 0, 0);
      history.onStep(null, new StepReport(step, last, List.of(objective), usage, usage, 0));
    }
  }

  @Test
  void shortRunsHaveOnePointPerStep() {
    History history = historyOf(3);
    assertArrayEquals(new double[] {1, 2, 3}, history.steps());
    assertArrayEquals(new double[] {2, 4, 6}, history.term(0));
    assertArrayEquals(new double[] {7, 7, 7}, history.term(1));
    assertArrayEquals(new double[] {3, 3, 3}, history.codesInUse(0));
    assertEquals(Math.exp(1.5 * Math.log(2)), history.perplexity(0)[2], 1e-12);
  }

  @Test
  void everyCodebookHasItsCurves() {
    History history = new History();
    List<CodebookUsage> usage =
        List.of(
            new CodebookUsage("top", CodeUsage.of(new int[] {0, 0}, 8)),
            new CodebookUsage("bottom", CodeUsage.of(new int[] {0, 1}, 8)));
    LossReport loss = new LossReport("", List.of(new TermReport("a", 5, 1)), List.of());
    ObjectiveReport objective = new ObjectiveReport(1, loss, 0, 0);
    history.onStep(null, new StepReport(1, 1, List.of(objective), usage, usage, 0));
    History restored = new History();
    restored.restore(history.state());
    for (History each : List.of(history, restored)) {
      assertArrayEquals(new double[] {1}, each.codesInUse(0));
      assertArrayEquals(new double[] {2}, each.codesInUse(1));
      assertArrayEquals(new double[] {1}, each.perplexity(0), 1e-12);
      assertArrayEquals(new double[] {2}, each.perplexity(1), 1e-12);
      assertArrayEquals(new double[] {5}, each.term(0));
    }
  }

  @Test
  void pointsOfLongRunsAreMeans() {
    for (long steps : new long[] {1_999, 2_000, 2_001, 4_003, 250_000}) {
      History history = historyOf(steps);
      double[] positions = history.steps();
      assertTrue(positions.length > History.MAX_POINTS / 2 - 1, steps + ": " + positions.length);
      assertTrue(positions.length <= History.MAX_POINTS, steps + ": " + positions.length);
      double perPoint = positions[1] - positions[0];
      assertEquals((1 + perPoint) / 2, positions[0], 1e-9);
      assertTrue(positions[positions.length - 1] <= steps);
      assertTrue(positions[positions.length - 1] > steps - perPoint);
      assertArrayEquals(Arrays.stream(positions).map(n -> 2 * n).toArray(), history.term(0), 1e-6);
      assertEquals(7, history.term(1)[positions.length - 1], 1e-9);
      assertEquals(positions.length, history.perplexity(0).length);
    }
  }

  @Test
  void curvesOfAResumedRunContinue() {
    for (long steps : new long[] {1, 2_001, 4_003}) {
      History resumed = new History();
      resumed.restore(historyOf(steps).state());
      addSteps(resumed, steps + 1, 6_007);
      History expected = historyOf(6_007);
      assertArrayEquals(expected.steps(), resumed.steps());
      assertArrayEquals(expected.term(1), resumed.term(1));
      assertArrayEquals(expected.perplexity(0), resumed.perplexity(0));
    }
    assertThrows(IllegalArgumentException.class, () -> new History().restore(Map.of()));
  }
}
