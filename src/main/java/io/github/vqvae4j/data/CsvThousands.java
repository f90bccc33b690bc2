package io.github.vqvae4j.data;

import io.github.vqvae4j.io.BadFileException;
import java.nio.file.Path;
import java.util.regex.Pattern;

/**
 * Whether the points in a column may separate thousands: all its values are integers below 1,000,
 * such as 998, or as 1.012, and both occur. Of a column of the latter alone nothing can be told.
 */
final class CsvThousands {
  private static final Pattern GROUPED = Pattern.compile("[+-]?[1-9]\\d{0,2}[.,]\\d{3}");
  private static final int LONGEST = "-100.000".length();

  private boolean excluded;
  private String integer;
  private String grouped;

  /** Whether a number has one mark, which may be decimal or separate thousands. */
  static boolean maySeparate(String field) {
    return field.length() <= LONGEST && GROUPED.matcher(field).matches();
  }

  /** Takes the next value, a number with or without a decimal point. */
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

  /** Refuses the column if its points may separate thousands. */
  void check(Path file, String place) throws BadFileException {
    if (!excluded && integer != null && grouped != null) {
      throw new BadFileException(
          file,
          place,
          "got only integers below 1000, such as "
              + integer
              + ", and values such as "
              + grouped
              + ", whose points may be decimal points or thousands separators, expected what can be"
              + " told apart; for decimal points give CsvConfig.decimal(POINT), or write the"
              + " numbers without thousands separators");
    }
  }
}
