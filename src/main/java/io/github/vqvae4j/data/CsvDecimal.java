package io.github.vqvae4j.data;

/** What separates the digits of a number in a CSV file; see {@link CsvConfig}. */
public enum CsvDecimal {
  /**
   * A point, as in 1.5. Two columns of integers without a header and with a comma between, such as
   * {@code 1,5}, are refused, since they may as well be one column with decimal commas; so are 4,
   * 6, .. such columns, such as {@code 20,0,1012,9}, if the second, fourth, .. always have the same
   * number of digits and not all are 0 or 1. Where no commas separate columns, so is a column that
   * holds nothing but integers below 1,000 and values such as {@code 1.012}, whose points may
   * separate thousands.
   */
  AUTO,
  /** A point, as in 1.5, whatever the file looks like. */
  POINT,
  /** A comma, as in 1,5; with a comma as separator too, such numbers must be quoted. */
  COMMA
}
