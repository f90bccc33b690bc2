package io.github.vqvae4j.data;

import io.github.vqvae4j.io.BadFileException;
import java.math.BigDecimal;
import java.nio.file.Path;

/** A column of a CSV file that becomes a channel, and what was seen of its values. */
final class CsvColumn {
  /** A step from one value to the next is lost if float changes it by more than this part of it. */
  private static final double TOLERANCE = 0.1;

  /** Rounding of less than this part of a column's standard deviation does no harm. */
  private static final double HARMLESS = 1e-5;

  private final int index;
  private final String place;
  private double first = Double.NaN;
  private double last = Double.NaN;
  private double smallest = Double.POSITIVE_INFINITY;
  private double largest = Double.NEGATIVE_INFINITY;
  private long steps;
  private long lost;
  private boolean integers = true;
  private long count;
  private double mean;
  private double squares;
  private double squaredErrors;
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
        double kept = (double) (float) value - (float) last;
        lost += Math.abs(kept - step) > TOLERANCE * Math.abs(step) ? 1 : 0;
      }
    }
    last = value;
    gap = 0;
    integers &= value == Math.rint(value);
    double error = (float) value - value;
    squaredErrors += error * error;
    // Welford's update, as in ChannelScale.
    double before = value - mean;
    mean += before / ++count;
    squares += before * (value - mean);
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

  /** Checks the column at the end of the file. */
  void check(Path file, CsvMissing missing) throws BadFileException {
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
    if (losesSteps()) {
      throw new BadFileException(
          file,
          place,
          "got values such as "
              + BigDecimal.valueOf(first).toPlainString()
              + " with steps that are lost in float, which has 7 digits, expected steps that it"
              + " keeps; leave the column out by choosing others by their names, or, if it is the"
              + " first, by CsvConfig.index(PRESENT), or write it as differences from a constant");
    }
  }

  /**
   * Whether float loses most of the steps from one value to the next, as those of 1 s between times
   * of 1,700,000,000 s, and it matters: integers count something, and other values matter if they
   * are rounded by a noticeable part of their spread. Values that repeat are no steps.
   */
  private boolean losesSteps() {
    return 2 * lost > steps && (integers || squaredErrors > HARMLESS * HARMLESS * squares);
  }

  /** Whether the first value is farther from all others than these are from each other. */
  boolean beginsOutside() {
    double distance = Math.max(smallest - first, first - largest);
    return largest > smallest && distance > largest - smallest;
  }
}
