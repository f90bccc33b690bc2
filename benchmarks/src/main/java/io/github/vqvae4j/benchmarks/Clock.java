package io.github.vqvae4j.benchmarks;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/** Times repetitions: some to warm up, which do not count, then some that do. */
public final class Clock {
  private static final int FEWEST = 3;

  private final double warmUp;
  private final double measured;
  private final int fewest;
  private final List<Double> seconds = new ArrayList<>();
  private final long begin = System.nanoTime();
  private long last = begin;
  private int warm;

  /** When measuring began; 0 while warming up. */
  private long measuringSince;

  /**
   * A clock that starts now.
   *
   * @param warmUp seconds, and at least 3 repetitions
   * @param measured seconds, and at least 3 repetitions
   */
  public Clock(double warmUp, double measured) {
    this(warmUp, measured, FEWEST);
  }

  private Clock(double warmUp, double measured, int fewest) {
    this.warmUp = warmUp;
    this.measured = measured;
    this.fewest = fewest;
    if (fewest == 0) {
      measuringSince = begin;
    }
  }

  /**
   * A clock that starts now and ends with the first repetition.
   *
   * @return the clock
   */
  public static Clock single() {
    return new Clock(0, 0, 0);
  }

  /**
   * Ends a repetition.
   *
   * @return whether there shall be another one
   */
  public boolean tick() {
    long now = System.nanoTime();
    if (measuringSince == 0) {
      warm++;
      if (warm >= fewest && now - begin >= warmUp * 1e9) {
        measuringSince = now;
      }
    } else {
      seconds.add((now - last) / 1e9);
    }
    last = System.nanoTime();
    return measuringSince == 0 || seconds.size() < fewest || now - measuringSince < measured * 1e9;
  }

  /**
   * Repeats something until enough was measured.
   *
   * @param work what to repeat
   */
  public void time(Runnable work) {
    do {
      work.run();
    } while (tick());
  }

  /**
   * How long a repetition took.
   *
   * @return the median, in seconds
   */
  public double median() {
    return median(seconds);
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
