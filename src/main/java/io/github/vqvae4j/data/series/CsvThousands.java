package io.github.vqvae4j.data.series;

import io.github.vqvae4j.io.BadFileException;
import java.nio.file.Path;
import java.util.regex.Pattern;

/**
 * Detects columns whose points may be thousands separators: all values are integers below 1,000,
 * such as 998, or have the form 1.012, and both occur. A column that contains only the latter is
 * not detected.
 */
final class CsvThousands {
  private static final Pattern GROUPED = Pattern.compile("[+-]?[1-9]\\d{0,2}[.,]\\d{3}");
  private static final int MAX_LENGTH = "-100.000".length();

  private boolean excluded;
  private String integer;
  private String grouped;

  /** Returns whether a number has one mark, which may be a decimal or thousands separator. */
  static boolean maySeparate(String field) {
    return field.length() <= MAX_LENGTH && GROUPED.matcher(field).matches();
  }

  /** Adds the next value, a number with or without a decimal point. */
  void add(String field) {
    if (excluded) {
      return;
    }
    if (isBelowThousand(field)) {
      integer = integer == null ? field : integer;
    } else if (maySeparate(field)) {
      grouped = grouped == null ? field : grouped;
    } else {
      excluded = true;
    }
  }

  private static boolean isBelowThousand(String field) {
    return CsvValue.isInteger(field, false)
        ? field.length() <= 3
        : field.length() <= 4 && CsvValue.isInteger(field, true);
  }

  /** Throws an exception if the points of the column may be thousands separators. */
  void check(Path file, String location) throws BadFileException {
    if (!excluded && integer != null && grouped != null) {
      throw new BadFileException(
          file,
          location,
          "got only integers below 1000, such as "
              + integer
              + ", and values such as "
              + grouped
              + ", whose points may be decimal points or thousands separators, expected unambiguous"
              + " values; for decimal points use CsvConfig.decimal(POINT), or write the numbers"
              + " without thousands separators");
    }
  }
}
