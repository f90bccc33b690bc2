package io.github.vqvae4j.data;

import io.github.vqvae4j.io.BadFileException;
import io.github.vqvae4j.io.InputFile;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.IntStream;

/**
 * Series in text files of columns: a line for each time, a column for each channel, numbers with a
 * decimal point. The first line may name the columns; it does if columns are asked for by name, or
 * no field of it is a number. Fields may stand in quotation marks, but must not hold the separator
 * or a line's end. Empty lines are passed over. UTF-8.
 */
public final class CsvSeries {
  private static final String MARK = "\uFEFF";

  private final Path file;
  private final Pattern separator;
  private String[] names = {};
  private int[] columns = {};
  private int width = -1;
  private float[] samples = new float[1 << 10];
  private int count;

  private CsvSeries(Path file, char separator) {
    this.file = file;
    this.separator = Pattern.compile(String.valueOf(separator), Pattern.LITERAL);
  }

  /**
   * Reads a file of values with commas between.
   *
   * @param file the file
   * @param columns the names of those columns that become channels, in this order; none for all
   * @return the series, of an unknown rate
   * @throws NoSuchFileException if there is no such file
   * @throws BadFileException as {@link #read(Path, char, String...)} does
   * @throws IOException if it cannot be read
   */
  public static Series read(Path file, String... columns) throws IOException {
    return read(file, ',', columns);
  }

  /**
   * Reads a file of values with another separator between.
   *
   * @param file the file
   * @param separator such as {@code ';'} or a tab
   * @param columns the names of those columns that become channels, in this order; none for all
   * @return the series, of an unknown rate
   * @throws NoSuchFileException if there is no such file
   * @throws BadFileException if a field of these columns is no finite number, a line has more or
   *     fewer fields than the first, there is no column of such a name, or there are no values; the
   *     message names line and column, counted from 1
   * @throws IOException if it cannot be read
   */
  public static Series read(Path file, char separator, String... columns) throws IOException {
    InputFile.require(file, "a text file of numbers");
    CsvSeries series = new CsvSeries(file, separator);
    try (BufferedReader lines = Files.newBufferedReader(file)) {
      int number = 1;
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        String text = number == 1 && line.startsWith(MARK) ? line.substring(1) : line;
        if (!text.isBlank() || text.indexOf(separator) >= 0) {
          series.line(number, text, columns);
        }
        number++;
      }
    } catch (CharacterCodingException e) {
      throw new BadFileException(
          file, "text", "got bytes that are no UTF-8, expected UTF-8; save it as such", e);
    }
    return series.whole();
  }

  private Series whole() throws BadFileException {
    if (count == 0) {
      throw new BadFileException(
          file, "end of file", "got no values, expected one line of them or more; check the file");
    }
    return Series.of(Arrays.copyOf(samples, count), columns.length, 0);
  }

  private void line(int number, String line, String... wanted) throws BadFileException {
    String[] fields = separator.split(line, -1);
    for (int i = 0; i < fields.length; i++) {
      fields[i] = plain(fields[i]);
    }
    if (width < 0) {
      width = fields.length;
      boolean header = wanted.length > 0 || Arrays.stream(fields).noneMatch(CsvSeries::isNumber);
      names = header ? fields : names;
      columns = columns(number, wanted);
      if (header) {
        return;
      }
    }
    if (fields.length != width) {
      throw new BadFileException(
          file,
          "line " + number,
          "got "
              + fields.length
              + " columns, expected "
              + width
              + " as in the first line; correct it, or give the separator");
    }
    for (int column : columns) {
      add(number, column, fields[column]);
    }
  }

  private int[] columns(int number, String... wanted) throws BadFileException {
    if (wanted.length == 0) {
      return IntStream.range(0, width).toArray();
    }
    int[] found = new int[wanted.length];
    for (int i = 0; i < wanted.length; i++) {
      found[i] = List.of(names).indexOf(wanted[i]);
      if (found[i] < 0) {
        throw new BadFileException(
            file,
            "line " + number,
            "got the columns "
                + Arrays.toString(names)
                + ", expected one of the name "
                + wanted[i]
                + "; correct the name, or give the separator");
      }
    }
    return found;
  }

  private void add(int line, int column, String field) throws BadFileException {
    double value = number(field);
    if (!Float.isFinite((float) value)) {
      throw new BadFileException(
          file,
          "line "
              + line
              + ", column "
              + (column + 1)
              + (names.length == 0 ? "" : " (" + names[column] + ")"),
          "got \""
              + field
              + "\", expected a finite number; correct it, leave the line out, give the separator, or choose columns by"
              + " their names");
    }
    if (count == samples.length) {
      int larger = grown(count);
      if (larger == count) {
        throw new BadFileException(
            file,
            "line " + line,
            "got more than "
                + count
                + " values, expected at most so many; split the file, or choose fewer columns");
      }
      samples = Arrays.copyOf(samples, larger);
    }
    samples[count++] = (float) value;
  }

  /** Twice as many, or as many as an array can hold. */
  static int grown(int length) {
    return (int) Math.min(2L * length, Integer.MAX_VALUE - 8);
  }

  private static String plain(String field) {
    String text = field.strip();
    boolean quoted = text.length() > 1 && text.startsWith("\"") && text.endsWith("\"");
    return quoted ? text.substring(1, text.length() - 1) : text;
  }

  private static boolean isNumber(String field) {
    return !Double.isNaN(number(field)) || field.equals("NaN") || field.equals("Infinity");
  }

  /** The number, or NaN if it is none. */
  private static double number(String field) {
    if (!field.isEmpty() && Character.isLetter(field.charAt(field.length() - 1))) {
      // Java reads 5d and 5f as numbers, which here may be names.
      return Double.NaN;
    }
    try {
      return Double.parseDouble(field);
    } catch (NumberFormatException e) {
      return Double.NaN;
    }
  }
}
