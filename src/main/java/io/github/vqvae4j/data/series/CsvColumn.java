package io.github.vqvae4j.data.series;

import io.github.vqvae4j.io.BadFileException;
import java.math.BigDecimal;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.function.Supplier;

/** A column of a CSV file that is read as a channel, with statistics of its values. */
final class CsvColumn {
  /** The maximum relative change of a difference by rounding to float that is tolerated. */
  private static final double TOLERANCE = 0.1;

  /** The minimum number of floats within the range of the values for which rounding is harmless. */
  private static final int MIN_FLOATS = 100_000;

  /**
   * The minimum gap between outliers and other values, as a multiple of the range of the others.
   */
  private static final int OUTLIER_GAP = 50;

  private final int index;
  private final String location;
  private double first = Double.NaN;
  private double last = Double.NaN;
  private double min = Double.POSITIVE_INFINITY;
  private double max = Double.NEGATIVE_INFINITY;
  private int differences;
  private int lostDifferences;

  /** The number of differences that lead to a value that is not an integer. */
  private int fractions;

  private double valueBeforeLost = Double.NaN;
  private int gap;
  private final CsvThousands thousands = new CsvThousands();

  /**
   * Creates a column.
   *
   * @param index the index, counted from 0
   * @param location the description for messages, counted from 1
   */
  CsvColumn(int index, String location) {
    this.index = index;
    this.location = location;
  }

  int index() {
    return index;
  }

  String location() {
    return location;
  }

  /** Adds the next value that is not missing. */
  void add(double value) {
    if (Double.isNaN(first)) {
      first = value;
    } else {
      min = Math.min(min, value);
      max = Math.max(max, value);
      double step = value - last;
      if (step != 0) {
        differences++;
        fractions += value == Math.rint(value) ? 0 : 1;
        double roundedDifference = (double) (float) value - (float) last;
        if (Math.abs(roundedDifference - step) > TOLERANCE * Math.abs(step)) {
          valueBeforeLost = lostDifferences++ == 0 ? last : valueBeforeLost;
        }
      }
    }
    last = value;
    gap = 0;
  }

  /** Adds the text of the next value, if its point may be a thousands separator. */
  void addText(String field) {
    thousands.add(field);
  }

  /** Adds a missing value. */
  void addMissing() {
    gap++;
  }

  /** Returns the number of missing values since the last value. */
  int gap() {
    return gap;
  }

  /** Returns the last value, or NaN before the first. */
  double last() {
    return last;
  }

  /**
   * Checks the column at the end of the file.
   *
   * @param samples supplies a copy of the values as floats
   */
  void check(Path file, CsvMissing missing, Supplier<float[]> samples) throws BadFileException {
    if (gap > 0 && missing == CsvMissing.INTERPOLATE) {
      throw new BadFileException(
          file,
          "end of file, " + location,
          "got "
              + (gap == 1 ? "a missing value" : gap + " missing values")
              + " at the end, expected a value after them to interpolate; remove these lines, or"
              + " use CsvConfig.missing(DROP_LINE or PREVIOUS)");
    }
    thousands.check(file, location);
    if (losesDifferences(samples)) {
      throw new BadFileException(
          file,
          location,
          "expected differences that float can represent (7 digits), got values such as "
              + BigDecimal.valueOf(valueBeforeLost).toPlainString()
              + ". Exclude the column by selecting others by name, or, if it is the first, with"
              + " CsvConfig.index(PRESENT), or subtract a constant.");
    }
  }

  /**
   * Returns whether rounding to float loses most differences between consecutive values, such as
   * those of 1 s between times of 1,700,000,000 s, and this matters: for integers always, for other
   * values if floats are coarse compared to their range. Repeated values are not counted as
   * differences.
   */
  private boolean losesDifferences(Supplier<float[]> samples) {
    return 2L * lostDifferences > differences && (hasIntegers() || isCoarse(samples.get()));
  }

  private boolean hasIntegers() {
    return !hasFractions() && fractions <= maxFaulty(differences);
  }

  /**
   * Returns the number of values that may be faulty, such as 0 from a sensor that did not respond.
   */
  private static int maxFaulty(int count) {
    return Math.max(3, count / 100);
  }

  /**
   * Returns whether the range of the values without outliers contains too few floats. A single 0
   * among pressures would make any rounding of these look small.
   */
  private static boolean isCoarse(float[] sorted) {
    Arrays.sort(sorted);
    int last = sorted.length - 1;
    int low = Math.min(maxFaulty(sorted.length), last / 2);
    int high = last - low;
    double unit = Math.ulp(Math.max(Math.abs(sorted[low]), Math.abs(sorted[high])));
    double range = (double) sorted[high] - sorted[low];
    // Values within reach of the range are not outliers, such as the start of a settling curve.
    for (boolean grows = true; grows; range = (double) sorted[high] - sorted[low]) {
      double reach = OUTLIER_GAP * Math.max(range, unit);
      boolean down = low > 0 && (double) sorted[low] - sorted[low - 1] <= reach;
      boolean up = high < last && (double) sorted[high + 1] - sorted[high] <= reach;
      low -= down ? 1 : 0;
      high += up ? 1 : 0;
      grows = down || up;
    }
    return range < MIN_FLOATS * unit;
  }

  /** Returns whether the first value is farther from all others than these are from each other. */
  boolean startsOutside() {
    double distance = Math.max(min - first, first - max);
    return max > min && distance > max - min;
  }

  /** Returns whether most values after the first, without repetitions, are not integers. */
  boolean hasFractions() {
    return 2L * fractions > differences;
  }
}
