package io.github.vqvae4j.train;

/** The mean of the last values of a series. */
final class MeanWindow {
  private final double[] values;
  private long count;

  /** An empty window for so many values. */
  MeanWindow(int length) {
    values = new double[length];
  }

  /** Adds a value; the oldest goes if the window is full. */
  void add(double value) {
    values[(int) (count % values.length)] = value;
    count++;
  }

  boolean isFull() {
    return count >= values.length;
  }

  /** The mean of those that are there; NaN if there is none. */
  double mean() {
    double sum = 0;
    int present = (int) Math.min(count, values.length);
    for (int i = 0; i < present; i++) {
      sum += values[i];
    }
    return sum / present;
  }
}
