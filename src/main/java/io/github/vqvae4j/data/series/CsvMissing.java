package io.github.vqvae4j.data.series;

/**
 * The treatment of missing values in a CSV file. Missing values are empty fields and {@code NA},
 * {@code N/A}, {@code #N/A}, {@code <NA>}, {@code NaN}, {@code null}, {@code none} and {@code -},
 * in upper or lower case; in a table of one column, also empty lines before the last value.
 */
public enum CsvMissing {
  /** A missing value is an error whose message contains its line and column. */
  REJECT,
  /**
   * A line with a missing value in one of the channels is dropped. At a fixed sampling rate, all
   * later samples are then shifted to earlier times.
   */
  DROP_LINE,
  /**
   * A missing value is replaced by the previous value of its channel. If there is none, it is an
   * error.
   */
  PREVIOUS,
  /**
   * A missing value is linearly interpolated between the values before and after it. If there is
   * none before or after it, it is an error.
   */
  INTERPOLATE
}
