package io.github.vqvae4j.data;

/**
 * What becomes of missing values in a CSV file: empty fields, and {@code NA}, {@code N/A}, {@code
 * #N/A}, {@code <NA>}, {@code NaN}, {@code null}, {@code none} and {@code -}, in upper or lower
 * case; in a table of one column, also empty lines before the last value.
 */
public enum CsvMissing {
  /** A missing value is an error that names its line and column. */
  REFUSE,
  /**
   * A line with a missing value in one of the channels is left out. The samples after it then
   * follow those before it as if no time had passed, so at a fixed rate everything after it comes
   * too early.
   */
  DROP_LINE,
  /** The value before it in its channel; an error where there is none. */
  PREVIOUS,
  /** On a straight line between the values before and after it; an error where one is missing. */
  INTERPOLATE
}
