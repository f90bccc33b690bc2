package io.github.vqvae4j.data;

import io.github.vqvae4j.io.BadFileException;
import java.math.BigDecimal;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.function.Supplier;

/** A column of a CSV file that becomes a channel, and what was seen of its values. */
final class CsvColumn {
  /** A step from one value to the next is lost if float changes it by more than this part of it. */
  private static final double TOLERANCE = 0.1;

  /** Rounding does no harm if so many floats lie within the range of the values. */
  private static final int ENOUGH_FLOATS = 100_000;

  /** A few values lie apart if the gap to the others is so many times the range of those. */
  private static final int APART = 50;

  private final int index;
  private final String place;
  private double first = Double.NaN;
  private double last = Double.NaN;
  private double smallest = Double.POSITIVE_INFINITY;
  private double largest = Double.NEGATIVE_INFINITY;
  private int steps;
  private int lost;

  /** How many steps led to a value that is no integer. */
  private int fractions;

  private double beforeLost = Double.NaN;
  private int gap;
  private final CsvThousands thousands = new CsvThousands();

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
        fractions += value == Math.rint(value) ? 0 : 1;
        double kept = (double) (float) value - (float) last;
        if (Math.abs(kept - step) > TOLERANCE * Math.abs(step)) {
          beforeLost = lost++ == 0 ? last : beforeLost;
        }
      }
    }
    last = value;
    gap = 0;
  }

  /** Takes the text of the next value, if its point may separate thousands. */
  void addText(String field) {
    thousands.add(field);
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
   * Checks the column at the end of the file.
   *
   * @param samples gives its values in float, in an array of their own
   */
  void check(Path file, CsvMissing missing, Supplier<float[]> samples) throws BadFileException {
    if (gap > 0 && missing == CsvMissing.INTERPOLATE) {
      throw new BadFileException(
          file,
          "end of file, " + place,
          "got "
              + (gap == 1 ? "a missing value" : gap + " missing values")
              + " at the end, expected a value after that to interpolate; leave those"
              + " lines out, or give CsvConfig.missing(DROP_LINE or PREVIOUS)");
    }
    thousands.check(file, place);
    if (losesSteps(samples)) {
      throw new BadFileException(
          file,
          place,
          "got values such as "
              + BigDecimal.valueOf(beforeLost).toPlainString()
              + " with steps that are lost in float, which has 7 digits, expected steps that it"
              + " keeps; leave the column out by choosing others by their names, or, if it is the"
              + " first, by CsvConfig.index(PRESENT), or write it as differences from a constant");
    }
  }

  /**
   * Whether float loses most of the steps from one value to the next, as those of 1 s between times
   * of 1,700,000,000 s, and it matters: integers count something, and other values matter if float
   * is coarse beside their range. Values that repeat are no steps.
   */
  private boolean losesSteps(Supplier<float[]> samples) {
    return 2L * lost > steps && (holdsIntegers() || isCoarse(samples.get()));
  }

  private boolean holdsIntegers() {
    return !holdsFractions() && fractions <= few(steps);
  }

  /** So many values may be faulty, such as 0 where a sensor did not answer. */
  private static int few(int count) {
    return Math.max(3, count / 100);
  }

  /**
   * Whether there are too few floats within the range of the values, without a few that lie apart:
   * one 0 among pressures would make any rounding of these look small.
   */
  private static boolean isCoarse(float[] sorted) {
    Arrays.sort(sorted);
    int last = sorted.length - 1;
    int low = Math.min(few(sorted.length), last / 2);
    int high = last - low;
    double unit = Math.ulp(Math.max(Math.abs(sorted[low]), Math.abs(sorted[high])));
    double range = (double) sorted[high] - sorted[low];
    // What the range reaches is no fault, such as the beginning of a curve that settles.
    for (boolean grows = true; grows; range = (double) sorted[high] - sorted[low]) {
      double reach = APART * Math.max(range, unit);
      boolean down = low > 0 && (double) sorted[low] - sorted[low - 1] <= reach;
      boolean up = high < last && (double) sorted[high + 1] - sorted[high] <= reach;
      low -= down ? 1 : 0;
      high += up ? 1 : 0;
      grows = down || up;
    }
    return range < ENOUGH_FLOATS * unit;
  }

  /** Whether the first value is farther from all others than these are from each other. */
  boolean beginsOutside() {
    double distance = Math.max(smallest - first, first - largest);
    return largest > smallest && distance > largest - smallest;
  }

  /** Whether most of the values after the first are no integers, without those that repeat. */
  boolean holdsFractions() {
    return 2L * fractions > steps;
  }
}
