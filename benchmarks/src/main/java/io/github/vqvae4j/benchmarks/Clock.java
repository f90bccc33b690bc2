package io.github.vqvae4j.benchmarks;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/** Times repetitions, in turns as long as somebody asks for them. */
public final class Clock {
  private static final int FEWEST = 3;

  private final Turns turns;
  private final List<Double> seconds = new ArrayList<>();
  private long last = System.nanoTime();

  /** When the turn began; 0 during the first repetition of all, which is a turn of its own. */
  private long began;

  private double length;

  /** Who asks for turns. */
  interface Turns {
    /**
     * Takes the result of a turn and waits for the next.
     *
     * @param medianSeconds of a repetition
     * @return for how many seconds to repeat, at least 3 times; 0 ends it
     */
    double next(double medianSeconds);
  }

  /**
   * A clock that starts now.
   *
   * @param turns is told the time of the first repetition as a turn of its own
   */
  Clock(Turns turns) {
    this.turns = turns;
  }

  /**
   * Ends a repetition.
   *
   * @return whether there shall be another one
   */
  boolean tick() {
    long now = System.nanoTime();
    seconds.add((now - last) / 1e9);
    if (began == 0 || seconds.size() >= FEWEST && now - began >= length * 1e9) {
      length = turns.next(median(seconds));
      seconds.clear();
      began = System.nanoTime();
    }
    last = System.nanoTime();
    return length > 0;
  }

  /**
   * Repeats something until nobody asks for more.
   *
   * @param work what to repeat
   */
  void time(Runnable work) {
    do {
      work.run();
    } while (tick());
  }

  /**
   * The median.
   *
   * @param values at least one
   * @return the middle one, or the mean of the two in the middle
   */
  public static double median(List<Double> values) {
    List<Double> sorted = new ArrayList<>(values);
    Collections.sort(sorted);
    int n = sorted.size();
    return (sorted.get((n - 1) / 2) + sorted.get(n / 2)) / 2;
  }
}
