package io.github.vqvae4j.data.series;

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
 * Reads series from CSV files: one line per time step, one column per channel.
 *
 * <pre>{@code
 * Series weather = CsvSeries.read(Path.of("weather.csv"), "temperature", "pressure");
 * ChannelScale scale = ChannelScale.of(List.of(weather));
 * Dataset windows = Series.windows(List.of(scale.apply(weather)), 512, 128);
 * }</pre>
 *
 * <p>Files are UTF-8 with any line endings; fields may be quoted as in RFC 4180. For the settings,
 * see {@link CsvConfig}. A value consists of digits with an optional sign, decimal separator and
 * exponent ({@code -1.5e-3}); anything else in a channel is an error: dates, units, percent signs,
 * infinities, and thousands separators if they can be detected: a column that contains only values
 * such as {@code 1.012} is read as having decimal points.
 *
 * <p>A column whose differences would be lost in single precision is also an error, such as Unix
 * timestamps (1,700,000,000 and 1,700,000,001 are the same float). The criterion: more than half of
 * the differences between consecutive values would change by more than 10%, and the values are
 * integers or their range contains fewer than 100,000 floats. Up to 3 values, or 1% of the values
 * if that is more, are excluded as possible faults, such as 0 for a sensor that did not respond:
 * fractions among integers, and extreme values whose gap to the others is more than 50 times the
 * range of the others.
 *
 * <p>Empty lines are skipped, as are lines that contain only separators before the header and at
 * the end of the file. In a table of one column, an empty line between the first and the last
 * value, or after the header, is a missing value, as written by spreadsheets. Empty fields after
 * the last non-empty field of the first line are trailing separators, not columns.
 */
public final class CsvSeries {
  private final Path file;
  private final CsvConfig config;
  private final CsvText text;
  private final CsvHeader header;
  private final List<CsvColumn> columns;

  /** The values of the current line, NaN for missing values. */
  private final double[] row;

  /** Whether the first line, read as values, may contain column names. */
  private boolean mayBeHeader;

  private float[] samples = new float[1 << 10];
  private int count;
  private final CsvDecimalCommas commas;

  /** Whether points may be thousands separators: not if commas separate the columns. */
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
   * @param columns the names of the columns to read as channels, in this order; none for all
   * @return the series, with an unknown sampling rate
   * @throws NoSuchFileException if the file does not exist
   * @throws BadFileException as for {@link #read(Path, CsvConfig, String...)}
   * @throws IOException if the file cannot be read
   */
  public static Series read(Path file, String... columns) throws IOException {
    return read(file, CsvConfig.DEFAULT, columns);
  }

  /**
   * Reads a file with a separator other than a comma.
   *
   * @param file the file
   * @param separator the separator, such as {@code ';'} or a tab
   * @param columns the names of the columns to read as channels, in this order; none for all
   * @return the series, with an unknown sampling rate
   * @throws NoSuchFileException if the file does not exist
   * @throws BadFileException as for {@link #read(Path, CsvConfig, String...)}
   * @throws IllegalArgumentException as for {@link CsvConfig}
   * @throws IOException if the file cannot be read
   */
  public static Series read(Path file, char separator, String... columns) throws IOException {
    return read(file, CsvConfig.DEFAULT.separator(separator), columns);
  }

  /**
   * Reads a file.
   *
   * @param file the file
   * @param config the settings
   * @param columns the names of the columns to read as channels, in this order; none for all except
   *     an index
   * @return the series, with an unknown sampling rate
   * @throws NoSuchFileException if the file does not exist
   * @throws BadFileException if a field of these columns is not a finite number, or is missing and
   *     missing values are errors; if a line has more or fewer fields than the first; if a column
   *     name is missing or ambiguous; if there are no values; if the differences of a column would
   *     be lost in single precision; or if it is ambiguous whether the first line is a header or
   *     commas are decimal commas. The message contains the line and the column, counted from 1,
   *     and the setting to use
   * @throws IllegalArgumentException if columns are selected by name in a file without a header
   * @throws InsufficientMemoryException if the heap is too small for the values, which take about
   *     12 bytes each while they are read
   * @throws IOException if the file cannot be read
   */
  public static Series read(Path file, CsvConfig config, String... columns) throws IOException {
    if (columns.length > 0 && config.header() == CsvPresence.ABSENT) {
      throw new IllegalArgumentException(
          "got the columns "
              + Arrays.toString(columns)
              + " with CsvConfig.header(ABSENT), expected no names without a header; remove one of"
              + " the two settings");
    }
    InputFile.requireReadable(file, "a text file of numbers");
    try (CsvText text = CsvText.open(file, config)) {
      CsvRecord first = text.next();
      CsvRecord firstBlank = null;
      while (first != null && isBlank(first)) {
        firstBlank = firstBlank == null ? first : firstBlank;
        first = text.next();
      }
      if (first == null) {
        throw noValues(file);
      }
      CsvHeader header =
          new CsvHeader(
              file,
              first.getStartingLineNumber(),
              trimmedFields(first),
              config,
              columns.length > 0);
      CsvSeries series =
          new CsvSeries(
              file,
              config,
              text,
              header,
              header.columns(columns, text.hadComments(), text.separator()));
      if (!header.isNamed()) {
        if (firstBlank != null) {
          // The line contains missing values, since there is no header that it could precede.
          series.readLine(firstBlank);
        }
        series.readFirstLine(first);
      }
      series.readLines();
      return series.toSeries();
    }
  }

  /** Returns the fields of the first line without those of trailing separators. */
  private static List<String> trimmedFields(CsvRecord first) {
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

  private void readLines() throws IOException {
    CsvRecord firstBlank = null;
    int blankCount = 0;
    if (header.width() == 1) {
      text.keepEmptyLines();
    }
    for (CsvRecord next = text.next(); next != null; next = text.next()) {
      if (isBlank(next) || text.isEmpty(next)) {
        firstBlank = blankCount++ == 0 ? next : firstBlank;
      } else {
        // The lines contain missing values, since others follow.
        for (; blankCount > 0; blankCount--) {
          readLine(firstBlank);
        }
        readLine(next);
      }
    }
  }

  private void readLine(CsvRecord line) throws BadFileException {
    checkWidth(line);
    commas.add(line);
    boolean drop = false;
    for (int i = 0; i < row.length; i++) {
      row[i] = value(line, columns.get(i));
      drop |= Double.isNaN(row[i]) && config.missing() == CsvMissing.DROP_LINE;
    }
    if (!drop) {
      reserve(line);
      for (int i = 0; i < row.length; i++) {
        add(line, i);
      }
    }
  }

  private void readFirstLine(CsvRecord line) throws BadFileException {
    readLine(line);
    mayBeHeader =
        config.header() == CsvPresence.AUTO
            && (row.length > 1 || isInteger(line))
            && Arrays.stream(row).distinct().filter(value -> !Double.isNaN(value)).count()
                == row.length;
  }

  /**
   * Returns whether the field of the first channel contains only digits, like the name of a year.
   */
  private boolean isInteger(CsvRecord line) {
    return CsvValue.isInteger(line.getField(columns.get(0).index()).strip(), false);
  }

  private void checkWidth(CsvRecord line) throws BadFileException {
    int width = header.width();
    int fields = line.getFieldCount();
    boolean valid = fields >= width;
    for (int i = width; i < fields && valid; i++) {
      valid = line.getField(i).isBlank();
    }
    if (!valid) {
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

  /** Returns the value, or NaN if it is missing and missing values are allowed. */
  private double value(CsvRecord line, CsvColumn column) throws BadFileException {
    String field = line.getField(column.index()).strip();
    double value = CsvValue.number(field, config.decimal() == CsvDecimal.COMMA ? ',' : '.');
    if (Float.isFinite((float) value)) {
      if (mayHaveThousands) {
        column.addText(field);
      }
      return value;
    }
    if (config.missing() != CsvMissing.REJECT && CsvValue.isMissing(field)) {
      return Double.NaN;
    }
    throw bad(
        line,
        column,
        "got \""
            + MessageText.excerpt(field)
            + "\", expected a finite number; "
            + CsvValue.advice(field, config, text.separator(), count == 0)
            + (field.isEmpty() && header.width() == 1 ? emptyLineAdvice() : "")
            + header.advice(line));
  }

  private String emptyLineAdvice() {
    return "; in a table of one column, an empty line is a missing value: if every other line is"
        + " empty, use CsvConfig.missing(DROP_LINE)"
        + (count == 0 ? CsvValue.startAdvice(config) : "");
  }

  private BadFileException bad(CsvRecord line, CsvColumn column, String problem) {
    return new BadFileException(
        file, "line " + line.getStartingLineNumber() + ", " + column.location(), problem);
  }

  private void reserve(CsvRecord line) throws BadFileException {
    if (count <= samples.length - row.length) {
      return;
    }
    int newLength = Math.max(grown(count), grown(row.length));
    if (newLength - count < row.length) {
      throw new BadFileException(
          file,
          "line " + line.getStartingLineNumber(),
          "got more than "
              + count
              + " values, expected at most that many; split the file, or select fewer columns");
    }
    samples = copyOfSamples(newLength, "more than " + count);
  }

  /** Copies the samples to an array of another length. */
  private float[] copyOfSamples(int length, String values) {
    return HeapMemory.guard(
        () -> FileNames.path(file) + ", a table of " + values + " values,",
        (long) Float.BYTES * length,
        () -> Arrays.copyOf(samples, length));
  }

  /** Returns twice the length, limited to the maximum length of an array. */
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
          "got a missing value, expected a value before it; remove the line, or use"
              + " CsvConfig.missing(DROP_LINE)");
    } else {
      column.addMissing();
      value = column.last();
    }
    samples[count++] = (float) value;
  }

  /** Interpolates the missing values before the next sample linearly. */
  private void fill(int channel, int gap, double before, double after) {
    for (int i = 1; i <= gap && config.missing() == CsvMissing.INTERPOLATE; i++) {
      double fraction = (double) i / (gap + 1);
      samples[count - (gap + 1 - i) * row.length] = (float) (before + fraction * (after - before));
    }
  }

  private Series toSeries() throws BadFileException {
    if (count == 0) {
      throw noValues(file);
    }
    commas.check(file);
    if (mayBeHeader
        && columns.stream().allMatch(CsvColumn::startsOutside)
        && (columns.size() > 1 || columns.get(0).hasFractions())) {
      throw header.ambiguous();
    }
    for (int i = 0; i < columns.size(); i++) {
      int channel = i;
      columns.get(i).check(file, config.missing(), () -> samples(channel));
    }
    return Series.owning(copyOfSamples(count, "" + count), columns.size(), 0);
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
        file, "end of file", "got no values, expected at least one line of values; check the file");
  }
}
