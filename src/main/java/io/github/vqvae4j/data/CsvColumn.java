package io.github.vqvae4j.data;

/** A column of a CSV file that becomes a channel, and what was seen of its values. */
final class CsvColumn {
  /** A step is lost if float changes it by more than this part of it. */
  private static final double TOLERANCE = 0.1;

  private final int index;
  private final String place;
  private double first = Double.NaN;
  private double last = Double.NaN;
  private double smallest = Double.POSITIVE_INFINITY;
  private double largest = Double.NEGATIVE_INFINITY;
  private long steps;
  private long lost;
  private int gap;

  /**
   * A column.
   *
   * @param index from 0
   * @param place for messages, counted from 1
   */
  CsvColumn(int index, String place) {
    this.index = index;
    this.place = place;
  }

  int index() {
    return index;
  }

  String place() {
    return place;
  }

  /** Takes the next value that is not missing. */
  void add(double value) {
    if (Double.isNaN(first)) {
      first = value;
    } else {
      smallest = Math.min(smallest, value);
      largest = Math.max(largest, value);
      double step = value - last;
      if (step != 0) {
        steps++;
        double kept = (double) (float) value - (float) last;
        lost += Math.abs(kept - step) > TOLERANCE * Math.abs(step) ? 1 : 0;
      }
    }
    last = value;
    gap = 0;
  }

  /** Takes a missing value. */
  void addMissing() {
    gap++;
  }

  /** How many values have been missing since the last one. */
  int gap() {
    return gap;
  }

  /** The last value, NaN before the first. */
  double last() {
    return last;
  }

  /**
   * Whether float loses most of the steps from one value to the next, as those of 1 s between times
   * of 1,700,000,000 s: it changes them by more than a tenth. Values that repeat are no steps.
   */
  boolean losesSteps() {
    return 2 * lost > steps;
  }

  /** Whether the first value is farther from all others than these are from each other. */
  boolean beginsOutside() {
    double distance = Math.max(smallest - first, first - largest);
    return largest > smallest && distance > largest - smallest;
  }

  double first() {
    return first;
  }
}
