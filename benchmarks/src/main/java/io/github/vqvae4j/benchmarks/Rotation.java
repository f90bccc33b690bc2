package io.github.vqvae4j.benchmarks;

import java.io.IOException;
import java.io.PrintStream;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Contenders that are measured in rounds. The order rotates by one position per round (A B C, B C
 * A, ..), so that none of them always runs first. A contender that fails once is excluded.
 *
 * @param <K> the type of a contender, whose string representation names it
 */
final class Rotation<K> {
  /** Starts or measures a contender. */
  interface Action<K, T> {
    T apply(K contender) throws IOException;
  }

  private final String title;
  private final PrintStream progress;
  private final Map<K, List<ChildProcess.Outcome>> outcomes = new LinkedHashMap<>();
  private final List<String> failures = new ArrayList<>();

  /**
   * Creates a rotation without outcomes.
   *
   * @param title what is measured, for the progress and the list of failures
   */
  Rotation(String title, List<K> contenders, PrintStream progress) {
    this.title = title;
    this.progress = progress;
    contenders.forEach(contender -> outcomes.put(contender, new ArrayList<>()));
  }

  /** Measures processes that are warmed up first and then take one turn per round. */
  void warm(Action<K, Running> starter, Durations durations) throws IOException {
    Map<K, Running> running = new HashMap<>();
    try {
      runAll(
          "warm-up",
          0,
          contender -> {
            running.put(contender, starter.apply(contender));
            return running.get(contender).turn(durations.warmUp());
          });
      outcomes.values().forEach(List::clear);
      repeat(durations.rounds(), contender -> running.get(contender).turn(durations.turn()));
    } finally {
      for (Running process : running.values()) {
        process.close();
      }
    }
  }

  /** Measures every contender in the given number of rounds. */
  void repeat(int rounds, Action<K, ChildProcess.Outcome> measurement) {
    for (int round = 0; round < rounds; round++) {
      runAll("round " + (round + 1), round, measurement);
    }
  }

  /** Measures every contender once, starting with the given index. */
  private void runAll(String name, int firstIndex, Action<K, ChildProcess.Outcome> measurement) {
    List<K> order = new ArrayList<>(outcomes.keySet());
    Collections.rotate(order, -firstIndex);
    for (K contender : order) {
      String message;
      try {
        ChildProcess.Outcome outcome = measurement.apply(contender);
        outcomes.get(contender).add(outcome);
        message = outcome.toString();
      } catch (IOException e) {
        outcomes.remove(contender);
        failures.add(contender + ": " + title);
        message = "failed: " + e.getMessage();
      }
      progress.printf("%s, %s: %s %s%n", title, name, contender, message);
    }
  }

  /** Returns the contenders that did not fail. */
  Set<K> contenders() {
    return outcomes.keySet();
  }

  /** Returns the outcome of each round of a contender that did not fail. */
  List<ChildProcess.Outcome> outcomes(K contender) {
    return outcomes.get(contender);
  }

  /** Returns the failed contenders with what was measured. */
  List<String> failures() {
    return List.copyOf(failures);
  }
}
