package io.github.vqvae4j.train;

import java.util.Arrays;

/** The mean of the most recent values of a series. */
final class RollingMean {
  private final double[] values;
  private long count;

  RollingMean(int window) {
    values = new double[window];
  }

  /** Adds a value, which replaces the oldest one if the window is full. */
  void add(double value) {
    values[(int) (count % values.length)] = value;
    count++;
  }

  boolean isFull() {
    return count >= values.length;
  }

  /** Returns a copy of the values, followed by the number of values that were added. */
  double[] state() {
    double[] state = Arrays.copyOf(values, values.length + 1);
    state[values.length] = count;
    return state;
  }

  /** Sets the state to one of a mean of the same window. */
  void restore(double... state) {
    System.arraycopy(state, 0, values, 0, values.length);
    count = (long) state[values.length];
  }

  /** Returns the mean of the values in the window, or NaN if it is empty. */
  double mean() {
    double sum = 0;
    int present = (int) Math.min(count, values.length);
    for (int i = 0; i < present; i++) {
      sum += values[i];
    }
    return sum / present;
  }
}
