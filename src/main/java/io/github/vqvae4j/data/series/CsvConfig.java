package io.github.vqvae4j.data.series;

import io.github.vqvae4j.config.Records;
import io.github.vqvae4j.config.Require;

/**
 * The settings of {@link CsvSeries}.
 *
 * <pre>{@code
 * CsvConfig config =
 *     CsvConfig.DEFAULT.separator(';').decimal(CsvDecimal.COMMA).missing(CsvMissing.INTERPOLATE);
 * Series series = CsvSeries.read(Path.of("measurements.csv"), config);
 * }</pre>
 *
 * @param separator the separator between fields; a comma by default. A first line {@code sep=;}, as
 *     read and written by Excel, overrides it. The separator is never guessed; a file with another
 *     one is an error
 * @param header whether the first line is a header. {@code AUTO}, the default, treats it as one if
 *     <ul>
 *       <li>columns are selected by name,
 *       <li>none of its fields is a number and at least one is a name (a missing value such as
 *           {@code NA} is not a name),
 *       <li>it counts the columns, 0, 1, 2, .., as pandas writes it for columns without names, or
 *       <li>its first field is empty or {@code Unnamed: 0}, the name of an index, and at least one
 *           other field is a name, even if further fields are numbers.
 *     </ul>
 *     Ambiguous first lines are errors:
 *     <ul>
 *       <li>{@code 0} and {@code 0,1};
 *       <li>distinct numbers, each of which is farther from every other value in its column than
 *           the range of those values; in a table of one column, only if the line consists of
 *           digits, such as {@code 2020}, and most of the other values are not integers.
 *     </ul>
 *
 * @param index whether the first column is an index, such as row numbers or times, rather than
 *     samples; an index is not read as a channel unless selected by name. {@code AUTO}, the
 *     default, treats it as an index if its name in the header is empty, as written by pandas and
 *     R, or {@code Unnamed: 0}
 * @param missing how missing values are treated; by default they are errors
 * @param decimal the decimal separator; {@code AUTO} by default: a point, and ambiguous files are
 *     rejected
 * @param comments whether lines that begin with {@code #} are skipped as comments; true by default.
 *     A comment cannot be the header. If true, a line that may begin with a spreadsheet error
 *     value, rather than a comment, is rejected. This applies if other fields follow or the table
 *     has one column, and the first field
 *     <ul>
 *       <li>is a value such as {@code #N/A} or {@code #VALEUR!},
 *       <li>consists of {@code #} characters, or
 *       <li>after the first line, consists of {@code #} and capital letters.
 *     </ul>
 */
public record CsvConfig(
    char separator,
    CsvPresence header,
    CsvPresence index,
    CsvMissing missing,
    CsvDecimal decimal,
    boolean comments) {
  /**
   * The default settings: comma separator, decimal point, header and index detected, missing values
   * rejected, comments skipped.
   */
  public static final CsvConfig DEFAULT =
      new CsvConfig(
          ',', CsvPresence.AUTO, CsvPresence.AUTO, CsvMissing.REJECT, CsvDecimal.AUTO, true);

  /**
   * Validates the settings.
   *
   * @throws IllegalArgumentException if the separator is a letter, a digit, a line break, a
   *     surrogate, NUL, a byte order mark, or one of {@code " # . + -}, which are reserved for
   *     quotes, comments and numbers
   */
  public CsvConfig {
    Require.that(
        canSeparate(separator),
        "CsvConfig.separator",
        "a character that is not a letter, digit, line break or part of a number, such as ',', ';',"
            + " '\\t' or '|'",
        CsvValue.quoted(separator));
    Require.nonNull(CsvPresence.class, "CsvConfig.header", header);
    Require.nonNull(CsvPresence.class, "CsvConfig.index", index);
    Require.nonNull(CsvMissing.class, "CsvConfig.missing", missing);
    Require.nonNull(CsvDecimal.class, "CsvConfig.decimal", decimal);
  }

  static boolean canSeparate(char separator) {
    return !Character.isLetterOrDigit(separator)
        && !Character.isSurrogate(separator)
        && "\"#.+-\n\r\0\uFEFF".indexOf(separator) < 0;
  }

  /**
   * Sets the separator.
   *
   * @param newSeparator the separator, such as {@code ';'} or {@code '\t'}
   * @return a copy with the new value
   */
  public CsvConfig separator(char newSeparator) {
    return Records.with(this, "separator", newSeparator);
  }

  /**
   * Sets whether the first line is a header.
   *
   * @param newHeader the new value
   * @return a copy with the new value
   */
  public CsvConfig header(CsvPresence newHeader) {
    return Records.with(this, "header", newHeader);
  }

  /**
   * Sets whether the first column is an index, which is not read as a channel.
   *
   * @param newIndex the new value
   * @return a copy with the new value
   */
  public CsvConfig index(CsvPresence newIndex) {
    return Records.with(this, "index", newIndex);
  }

  /**
   * Sets how missing values are treated.
   *
   * @param newMissing the new value
   * @return a copy with the new value
   */
  public CsvConfig missing(CsvMissing newMissing) {
    return Records.with(this, "missing", newMissing);
  }

  /**
   * Sets the decimal separator of numbers.
   *
   * @param newDecimal the new value
   * @return a copy with the new value
   */
  public CsvConfig decimal(CsvDecimal newDecimal) {
    return Records.with(this, "decimal", newDecimal);
  }

  /**
   * Sets whether lines that begin with {@code #} are skipped.
   *
   * @param skipped the new value
   * @return a copy with the new value
   */
  public CsvConfig comments(boolean skipped) {
    return Records.with(this, "comments", skipped);
  }
}
