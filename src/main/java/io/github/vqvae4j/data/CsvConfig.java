package io.github.vqvae4j.data;

import io.github.vqvae4j.config.Records;
import io.github.vqvae4j.config.Require;

/**
 * How {@link CsvSeries} reads a file.
 *
 * <pre>{@code
 * CsvConfig.DEFAULT.separator(';').decimal(CsvDecimal.COMMA).missing(CsvMissing.INTERPOLATE)
 * }</pre>
 *
 * @param separator between fields; by default a comma. A first line {@code sep=;}, as Excel reads
 *     and writes, overrides it. It is never guessed; a file with another separator is refused
 * @param header whether the first line names the columns. By default {@code AUTO}: it does if
 *     columns are chosen by name, or if no field of it is a number and one is a name, which a
 *     missing value such as {@code NA} is not, or if it counts the columns, 0, 1, 2, .., as pandas
 *     does for columns without names. Behind an empty first field or {@code Unnamed: 0}, the name
 *     of an index, one name is enough, and other fields may be numbers. Lines {@code 0} and {@code
 *     0,1} may be either, and are refused; so is a first line of different numbers that are all
 *     farther from the rest of their columns than the rest spreads; if there is one column, only
 *     digits alone, as {@code 2020}, before values most of which are no integers
 * @param index whether the first column holds no samples but the lines' numbers or times; it then
 *     becomes no channel, unless chosen by name. By default {@code AUTO}: it does if the header
 *     leaves its name empty, as pandas and R write it, or says {@code Unnamed: 0}
 * @param missing what becomes of missing values; by default they are refused
 * @param decimal what separates the digits of a number; by default a point
 * @param comments whether lines that begin with {@code #} are skipped; by default they are, and so
 *     never name the columns; with {@code false} they are lines as any other. A line that may begin
 *     with a value that a spreadsheet could not compute or show is refused by default: one whose
 *     first field is such as {@code #N/A} or {@code #VALEUR!}, or consists of {@code #} or, below
 *     the first line, of capitals, if other fields follow or the table has one column
 */
public record CsvConfig(
    char separator,
    CsvPresence header,
    CsvPresence index,
    CsvMissing missing,
    CsvDecimal decimal,
    boolean comments) {
  /** A comma, a decimal point; header and index as the file shows; no missing values; comments. */
  public static final CsvConfig DEFAULT =
      new CsvConfig(
          ',', CsvPresence.AUTO, CsvPresence.AUTO, CsvMissing.REFUSE, CsvDecimal.AUTO, true);

  /**
   * Checks the settings.
   *
   * @throws IllegalArgumentException if the separator is a letter, a digit, a line break, or one of
   *     {@code " # . + -}, which are needed for quotes, comments and numbers
   */
  public CsvConfig {
    Require.that(
        canSeparate(separator),
        "CsvConfig.separator",
        "a character that is no letter, digit, line break or part of a number, such as ',', ';',"
            + " '\\t' or '|'",
        CsvValue.quoted(separator));
    Require.present(CsvPresence.class, "CsvConfig.header", header);
    Require.present(CsvPresence.class, "CsvConfig.index", index);
    Require.present(CsvMissing.class, "CsvConfig.missing", missing);
    Require.present(CsvDecimal.class, "CsvConfig.decimal", decimal);
  }

  static boolean canSeparate(char separator) {
    return !Character.isLetterOrDigit(separator)
        && !Character.isSurrogate(separator)
        && "\"#.+-\n\r\0\uFEFF".indexOf(separator) < 0;
  }

  /**
   * Sets the separator.
   *
   * @param newSeparator such as {@code ';'} or {@code '\t'}
   * @return these settings with it
   */
  public CsvConfig separator(char newSeparator) {
    return Records.with(this, "separator", newSeparator);
  }

  /**
   * Sets whether the first line names the columns.
   *
   * @param newHeader whether it does
   * @return these settings with it
   */
  public CsvConfig header(CsvPresence newHeader) {
    return Records.with(this, "header", newHeader);
  }

  /**
   * Sets whether the first column is an index, and so no channel.
   *
   * @param newIndex whether it is
   * @return these settings with it
   */
  public CsvConfig index(CsvPresence newIndex) {
    return Records.with(this, "index", newIndex);
  }

  /**
   * Sets what becomes of missing values.
   *
   * @param newMissing what
   * @return these settings with it
   */
  public CsvConfig missing(CsvMissing newMissing) {
    return Records.with(this, "missing", newMissing);
  }

  /**
   * Sets what separates the digits of a number.
   *
   * @param newDecimal point or comma
   * @return these settings with it
   */
  public CsvConfig decimal(CsvDecimal newDecimal) {
    return Records.with(this, "decimal", newDecimal);
  }

  /**
   * Sets whether lines that begin with {@code #} are skipped.
   *
   * @param skipped whether they are
   * @return these settings with it
   */
  public CsvConfig comments(boolean skipped) {
    return Records.with(this, "comments", skipped);
  }
}
