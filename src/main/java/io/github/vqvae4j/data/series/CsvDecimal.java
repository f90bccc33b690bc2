package io.github.vqvae4j.data.series;

/** The decimal separator of a CSV file; see {@link CsvConfig}. */
public enum CsvDecimal {
  /**
   * A point, as in 1.5; ambiguous files are errors. Two columns of integers without a header,
   * separated by commas, such as {@code 1,5}, are ambiguous because they may be one column with
   * decimal commas, as are 4, 6, .. such columns, such as {@code 20,0,1012,9}, if the second,
   * fourth, .. always have the same number of digits and not all values are 0 or 1. If columns are
   * not separated by commas, a column that contains only integers below 1,000 and values such as
   * {@code 1.012} is ambiguous because its points may be thousands separators.
   */
  AUTO,
  /** A point, as in 1.5, even if the file is ambiguous. */
  POINT,
  /** A comma, as in 1,5. If the separator is also a comma, such numbers must be quoted. */
  COMMA
}
