package io.github.vqvae4j.benchmarks;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/** Times repetitions of a task, grouped into turns whose length is requested one by one. */
public final class Timer {
  private static final int MIN_REPETITIONS = 3;

  private final Turns turns;
  private final List<Double> seconds = new ArrayList<>();
  private long repetitionStart = System.nanoTime();

  /** The start of the turn, or 0 during the first repetition, which is a turn by itself. */
  private long turnStart;

  private double turnSeconds;

  /** Receives the result of each turn and determines the length of the next one. */
  interface Turns {
    /**
     * Reports a turn and waits for the next one.
     *
     * @param medianSeconds the median duration of a repetition
     * @return the length of the next turn in seconds, which has at least 3 repetitions; 0 stops
     */
    double next(double medianSeconds);
  }

  /**
   * Creates and starts a timer.
   *
   * @param turns called after the first repetition and after each turn
   */
  Timer(Turns turns) {
    this.turns = turns;
  }

  /**
   * Records the end of a repetition.
   *
   * @return whether to run another repetition
   */
  boolean endRepetition() {
    long now = System.nanoTime();
    seconds.add((now - repetitionStart) / 1e9);
    if (turnStart == 0
        || seconds.size() >= MIN_REPETITIONS && now - turnStart >= turnSeconds * 1e9) {
      turnSeconds = turns.next(median(seconds));
      seconds.clear();
      turnStart = System.nanoTime();
    }
    repetitionStart = System.nanoTime();
    return turnSeconds > 0;
  }

  /**
   * Repeats a task until no further turn is requested.
   *
   * @param task the task to time
   */
  void time(Runnable task) {
    do {
      task.run();
    } while (endRepetition());
  }

  /**
   * Computes the median.
   *
   * @param values the values, at least one
   * @return the middle value, or the mean of the two middle values
   */
  public static double median(List<Double> values) {
    List<Double> sorted = new ArrayList<>(values);
    Collections.sort(sorted);
    int n = sorted.size();
    return (sorted.get((n - 1) / 2) + sorted.get(n / 2)) / 2;
  }
}
