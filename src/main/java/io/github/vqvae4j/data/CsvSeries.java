package io.github.vqvae4j.data;

import de.siegmar.fastcsv.reader.CsvRecord;
import io.github.vqvae4j.io.BadFileException;
import io.github.vqvae4j.io.FileNames;
import io.github.vqvae4j.io.InputFile;
import io.github.vqvae4j.io.MessageText;
import io.github.vqvae4j.memory.HeapMemory;
import io.github.vqvae4j.memory.InsufficientMemoryException;
import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Reads series from CSV files: a line for each time, a column for each channel.
 *
 * <p>Files are UTF-8 with any line ends; fields may be quoted, as RFC 4180 has it. {@link
 * CsvConfig} says what the settings are and what they mean. A number is digits with or without
 * sign, decimal mark and exponent ({@code -1.5e-3}); anything else in a channel is refused: dates,
 * units, percent, infinities, and thousands separators where they show: a column of nothing but
 * values such as {@code 1.012} has decimal points.
 *
 * <p>Refused is also a column whose steps float would lose, such as Unix times (1,700,000,000 and
 * one more are the same float): more than half of the steps from one value to the next would change
 * by more than a tenth, and the values are integers or fewer than 100,000 floats lie within their
 * range. A few values, 3 or one in 100, are left out of that if they may be faults, such as 0 for a
 * sensor that did not answer: fractions among integers, and the smallest and largest if the gap to
 * the others is more than 50 times the range of those.
 *
 * <p>Empty lines are skipped, and so are lines of separators alone before the header and at the end
 * of the file. In a table of one column, an empty line between the first and the last value, or
 * after the header, is a missing value, as spreadsheets write it. Empty fields behind the last
 * non-empty one of the first line are trailing separators, and no column.
 */
public final class CsvSeries {
  private final Path file;
  private final CsvConfig config;
  private final CsvText text;
  private final CsvHeader header;
  private final List<CsvColumn> columns;

  /** The values of a line, NaN for those that are missing. */
  private final double[] row;

  /** Whether the first line, read as values, may hold names. */
  private boolean mayBeHeader;

  private float[] samples = new float[1 << 10];
  private int count;
  private final CsvDecimalCommas commas;

  /** Whether points may separate thousands: not where commas separate columns. */
  private final boolean mayHaveThousands;

  private CsvSeries(
      Path file, CsvConfig config, CsvText text, CsvHeader header, List<CsvColumn> columns) {
    this.file = file;
    this.config = config;
    this.text = text;
    this.header = header;
    this.columns = columns;
    this.row = new double[columns.size()];
    this.commas = new CsvDecimalCommas(header, text, config);
    this.mayHaveThousands =
        config.decimal() == CsvDecimal.AUTO && (header.width() == 1 || text.separator() != ',');
  }

  /**
   * Reads a file with the default settings.
   *
   * @param file the file
   * @param columns the names of those columns that become channels, in this order; none for all
   * @return the series, of an unknown rate
   * @throws NoSuchFileException if there is no such file
   * @throws BadFileException as {@link #read(Path, CsvConfig, String...)} does
   * @throws IOException if it cannot be read
   */
  public static Series read(Path file, String... columns) throws IOException {
    return read(file, CsvConfig.DEFAULT, columns);
  }

  /**
   * Reads a file with another separator than a comma.
   *
   * @param file the file
   * @param separator such as {@code ';'} or a tab
   * @param columns the names of those columns that become channels, in this order; none for all
   * @return the series, of an unknown rate
   * @throws NoSuchFileException if there is no such file
   * @throws BadFileException as {@link #read(Path, CsvConfig, String...)} does
   * @throws IllegalArgumentException as {@link CsvConfig} does
   * @throws IOException if it cannot be read
   */
  public static Series read(Path file, char separator, String... columns) throws IOException {
    return read(file, CsvConfig.DEFAULT.separator(separator), columns);
  }

  /**
   * Reads a file.
   *
   * @param file the file
   * @param config how
   * @param columns the names of those columns that become channels, in this order; none for all but
   *     an index
   * @return the series, of an unknown rate
   * @throws NoSuchFileException if there is no such file
   * @throws BadFileException if a field of these columns is no finite number, or missing where that
   *     is refused, a line has more or fewer fields than the first, a name is not there or stands
   *     twice, there are no values, float would lose a column's steps, or it cannot be told whether
   *     the first line is a header or a comma a decimal comma; the message names line and column,
   *     counted from 1, and the setting
   * @throws IllegalArgumentException if columns are chosen by name from a file without a header
   * @throws InsufficientMemoryException if the heap is too small for the values, which take some
   *     three times 4 bytes each while they are read
   * @throws IOException if it cannot be read
   */
  public static Series read(Path file, CsvConfig config, String... columns) throws IOException {
    if (columns.length > 0 && config.header() == CsvPresence.ABSENT) {
      throw new IllegalArgumentException(
          "got the columns "
              + Arrays.toString(columns)
              + " with CsvConfig.header(ABSENT), expected no names without a header; leave one of"
              + " both out");
    }
    InputFile.requireReadable(file, "a text file of numbers");
    try (CsvText text = CsvText.open(file, config)) {
      CsvRecord first = text.next();
      CsvRecord blank = null;
      while (first != null && isBlank(first)) {
        blank = blank == null ? first : blank;
        first = text.next();
      }
      if (first == null) {
        throw noValues(file);
      }
      CsvHeader header =
          new CsvHeader(
              file, first.getStartingLineNumber(), named(first), config, columns.length > 0);
      CsvSeries series =
          new CsvSeries(
              file,
              config,
              text,
              header,
              header.columns(columns, text.hadComments(), text.separator()));
      if (!header.isNamed()) {
        if (blank != null) {
          // Values are missing there, since there is no header that others could stand above.
          series.line(blank);
        }
        series.firstLine(first);
      }
      series.lines();
      return series.whole();
    }
  }

  /** The fields of the first line but for those of trailing separators. */
  private static List<String> named(CsvRecord first) {
    List<String> fields = new ArrayList<>();
    first.getFields().forEach(field -> fields.add(field.strip()));
    int last = fields.size();
    while (last > 1 && fields.get(last - 1).isEmpty()) {
      last--;
    }
    return fields.subList(0, last);
  }

  private static boolean isBlank(CsvRecord line) {
    int fields = line.getFieldCount();
    for (int i = 0; i < fields; i++) {
      if (!line.getField(i).isBlank()) {
        return false;
      }
    }
    return fields > 1;
  }

  private void lines() throws IOException {
    CsvRecord blank = null;
    int blanks = 0;
    if (header.width() == 1) {
      text.keepEmptyLines();
    }
    for (CsvRecord next = text.next(); next != null; next = text.next()) {
      if (isBlank(next) || text.isEmpty(next)) {
        blank = blanks++ == 0 ? next : blank;
      } else {
        // Values are missing there, since others follow.
        for (; blanks > 0; blanks--) {
          line(blank);
        }
        line(next);
      }
    }
  }

  private void line(CsvRecord line) throws BadFileException {
    checkWidth(line);
    commas.add(line);
    boolean dropped = false;
    for (int i = 0; i < row.length; i++) {
      row[i] = value(line, columns.get(i));
      dropped |= Double.isNaN(row[i]) && config.missing() == CsvMissing.DROP_LINE;
    }
    if (!dropped) {
      reserve(line);
      for (int i = 0; i < row.length; i++) {
        add(line, i);
      }
    }
  }

  private void firstLine(CsvRecord line) throws BadFileException {
    line(line);
    mayBeHeader =
        config.header() == CsvPresence.AUTO
            && (row.length > 1 || isInteger(line))
            && Arrays.stream(row).distinct().filter(value -> !Double.isNaN(value)).count()
                == row.length;
  }

  /** Whether its first channel is digits alone, as a number that names a column. */
  private boolean isInteger(CsvRecord line) {
    return CsvValue.isInteger(line.getField(columns.get(0).index()).strip(), false);
  }

  private void checkWidth(CsvRecord line) throws BadFileException {
    int width = header.width();
    int fields = line.getFieldCount();
    boolean right = fields >= width;
    for (int i = width; i < fields && right; i++) {
      right = line.getField(i).isBlank();
    }
    if (!right) {
      throw new BadFileException(
          file,
          "line " + line.getStartingLineNumber(),
          "got "
              + (fields == 1 ? "1 column" : fields + " columns")
              + ", expected "
              + width
              + " as in the first line; "
              + header.widthAdvice(fields, text.separator(), count == 0));
    }
  }

  /** The value, NaN if it is missing and may be. */
  private double value(CsvRecord line, CsvColumn column) throws BadFileException {
    String field = line.getField(column.index()).strip();
    double value = CsvValue.number(field, config.decimal() == CsvDecimal.COMMA ? ',' : '.');
    if (Float.isFinite((float) value)) {
      if (mayHaveThousands) {
        column.addText(field);
      }
      return value;
    }
    if (config.missing() != CsvMissing.REFUSE && CsvValue.isMissing(field)) {
      return Double.NaN;
    }
    throw bad(
        line,
        column,
        "got \""
            + MessageText.shown(field)
            + "\", expected a finite number; "
            + CsvValue.advice(field, config, text.separator(), count == 0)
            + (field.isEmpty() && header.width() == 1 ? emptyLineAdvice() : "")
            + header.advice(line));
  }

  private String emptyLineAdvice() {
    return "; an empty line of one column is a missing value: if every other line is empty, give"
        + " CsvConfig.missing(DROP_LINE)"
        + (count == 0 ? CsvValue.startAdvice(config) : "");
  }

  private BadFileException bad(CsvRecord line, CsvColumn column, String problem) {
    return new BadFileException(
        file, "line " + line.getStartingLineNumber() + ", " + column.place(), problem);
  }

  private void reserve(CsvRecord line) throws BadFileException {
    if (count <= samples.length - row.length) {
      return;
    }
    int larger = Math.max(grown(count), grown(row.length));
    if (larger - count < row.length) {
      throw new BadFileException(
          file,
          "line " + line.getStartingLineNumber(),
          "got more than "
              + count
              + " values, expected at most so many; split the file, or choose fewer columns");
    }
    samples = copied(larger, "more than " + count);
  }

  /** The samples in an array of another length. */
  private float[] copied(int length, String values) {
    return HeapMemory.guard(
        () -> FileNames.path(file) + ", a table of " + values + " values,",
        (long) Float.BYTES * length,
        () -> Arrays.copyOf(samples, length));
  }

  /** Twice as many, or as many as an array can hold. */
  static int grown(int length) {
    return (int) Math.min(2L * length, Integer.MAX_VALUE - 8);
  }

  private void add(CsvRecord line, int channel) throws BadFileException {
    CsvColumn column = columns.get(channel);
    double value = row[channel];
    if (!Double.isNaN(value)) {
      fill(channel, column.gap(), column.last(), value);
      column.add(value);
    } else if (Double.isNaN(column.last())) {
      throw bad(
          line,
          column,
          "got a missing value, expected one before it to go on from; leave the line out, or give"
              + " CsvConfig.missing(DROP_LINE)");
    } else {
      column.addMissing();
      value = column.last();
    }
    samples[count++] = (float) value;
  }

  /** Puts the values that were missing before the next sample on a line between two others. */
  private void fill(int channel, int gap, double before, double after) {
    for (int i = 1; i <= gap && config.missing() == CsvMissing.INTERPOLATE; i++) {
      double part = (double) i / (gap + 1);
      samples[count - (gap + 1 - i) * row.length] = (float) (before + part * (after - before));
    }
  }

  private Series whole() throws BadFileException {
    if (count == 0) {
      throw noValues(file);
    }
    commas.check(file);
    if (mayBeHeader
        && columns.stream().allMatch(CsvColumn::beginsOutside)
        && (columns.size() > 1 || columns.get(0).holdsFractions())) {
      throw header.ambiguous();
    }
    for (int i = 0; i < columns.size(); i++) {
      int channel = i;
      columns.get(i).check(file, config.missing(), () -> samples(channel));
    }
    return Series.owning(copied(count, "" + count), columns.size(), 0);
  }

  private float[] samples(int channel) {
    float[] all = new float[count / row.length];
    for (int i = 0; i < all.length; i++) {
      all[i] = samples[i * row.length + channel];
    }
    return all;
  }

  private static BadFileException noValues(Path file) {
    return new BadFileException(
        file, "end of file", "got no values, expected one line of them or more; check the file");
  }
}
