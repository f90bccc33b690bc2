package io.github.vqvae4j.tensor;

import static io.github.vqvae4j.io.ErrorText.assertMessageContains;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.github.vqvae4j.random.Rng;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class StateUpdatesTest {
  private final Variable first = new Variable(false, new float[] {1, 2}, 2);
  private final Variable second = new Variable(false, new float[] {3}, 1);
  private final List<Object> log = new ArrayList<>();

  @AfterEach
  void close() {
    first.close();
    second.close();
  }

  private static Step step() {
    return Step.training(new Rng(1));
  }

  /** The updates of a pass with a statistic that shows the order of the merges. */
  private StateUpdates updates(String statistics, double... sums) {
    try (Step step = step()) {
      step.onCommit(statistics, (a, b) -> "(" + a + b + ")", log::add, first);
      step.onCommit(sums, all -> second.set(all), second);
      return step.drainCommits();
    }
  }

  @Test
  void statisticsAreMergedInTheOrderOfTheExamples() {
    StateUpdates merged = updates("a", 1).merge(updates("b", 10)).merge(updates("c", 100));
    assertEquals(List.of(), log, "merging runs nothing");
    merged.run();
    assertEquals(List.of("((ab)c)"), log);
    assertArrayEquals(new double[] {111}, second.toDoubles());
    updates("a", 1).merge(updates("b", 2).merge(updates("c", 3))).run();
    assertEquals(List.of("((ab)c)", "(a(bc))"), log);
  }

  @Test
  void sumsOfThePassesAreLeftUnchanged() {
    double[] sums = {1};
    StateUpdates one = updates("a", sums);
    one.merge(updates("b", 5)).run();
    assertArrayEquals(new double[] {1}, sums);
  }

  @Test
  void updatesRunOnce() {
    StateUpdates updates = updates("a", 1);
    updates.run();
    assertMessageContains(
        assertThrows(IllegalStateException.class, updates::run), "have been run before");
    assertEquals(List.of("a"), log);
  }

  @Test
  void differentUpdatesAreRejected() {
    try (Step step = step()) {
      step.onCommit(new double[1], sums -> {}, second);
      StateUpdates other = step.drainCommits();
      StateUpdates both = updates("a", 1);
      assertMessageContains(
          assertThrows(IllegalStateException.class, () -> both.merge(other)),
          "the same updates in every pass",
          "Register them independently of the examples");
      assertThrows(IllegalStateException.class, () -> other.merge(both));
      step.onCommit(new double[1], sums -> {}, second);
      step.onCommit("a", (a, b) -> a, a -> {}, first);
      StateUpdates swapped = step.drainCommits();
      assertThrows(IllegalStateException.class, () -> both.merge(swapped));
    }
    assertMessageContains(
        assertThrows(IllegalStateException.class, () -> updates("a", 1).merge(updates("b", 1, 2))),
        "as many sums",
        "1 and 2");
  }

  @Test
  void updatesOfVariablesFrozenSinceThePassAreSkipped() {
    StateUpdates merged = updates("a", 1).merge(updates("b", 2));
    first.freeze();
    merged.run();
    assertEquals(List.of(), log);
    assertArrayEquals(new double[] {3}, second.toDoubles(), "the other one runs");
    first.unfreeze();
    updates("c", 7).run();
    assertEquals(List.of("c"), log);
  }

  @Test
  void variablesThatAreFrozenOrExcludedRegisterNothing() {
    second.freeze();
    StateUpdates frozen = updates("a", 1);
    second.unfreeze();
    frozen.run();
    assertArrayEquals(new double[] {3}, second.toDoubles());
    try (Step step = step()) {
      step.updateOnly(List.of(first));
      step.onCommit(new double[] {8}, sums -> second.set(sums), second);
      step.onCommit(new double[] {8}, sums -> second.set(sums), first, second);
      step.onCommit(new double[] {8, 9}, sums -> first.set(sums), first);
      step.commit();
    }
    assertArrayEquals(new double[] {3}, second.toDoubles());
    assertArrayEquals(new double[] {8, 9}, first.toDoubles());
  }

  /** Statistics of the whole batch: one worker registers them, the others an empty list. */
  @Test
  void listsOfStatisticsAreConcatenated() {
    List<StateUpdates> passes = new ArrayList<>();
    for (List<String> statistics : List.of(List.of("a"), List.<String>of(), List.of("b"))) {
      try (Step step = step()) {
        step.onCommit(
            statistics,
            (a, b) -> {
              List<String> both = new ArrayList<>(a);
              both.addAll(b);
              return both;
            },
            log::addAll,
            first);
        passes.add(step.drainCommits());
      }
    }
    passes.stream().reduce(StateUpdates::merge).orElseThrow().run();
    assertEquals(List.of("a", "b"), log);
  }

  @Test
  void drainedUpdatesAreNotCommitted() {
    try (Step step = step()) {
      step.onCommit(new double[] {4}, sums -> second.set(sums), second);
      StateUpdates drained = step.drainCommits();
      step.commit();
      assertArrayEquals(new double[] {3}, second.toDoubles());
      drained.run();
      assertArrayEquals(new double[] {4}, second.toDoubles());
    }
  }
}
