package io.github.vqvae4j.data.series;

import de.siegmar.fastcsv.reader.CsvRecord;
import io.github.vqvae4j.io.BadFileException;
import java.nio.file.Path;

/**
 * Detects tables without a header whose integers may be the two parts of numbers with decimal
 * commas. In tables of 4, 6, .. columns integers are more likely, so two further conditions apply:
 * each column has the same number of digits after the comma in every line, and not all integers are
 * 0 or 1.
 */
final class CsvDecimalCommas {
  private final int width;

  /** The number of digits after each comma. */
  private final int[] digits;

  private boolean possible;

  /** Whether all integers so far are 0 or 1, such as class labels. */
  private boolean bits;

  CsvDecimalCommas(CsvHeader header, CsvText text, CsvConfig config) {
    width = header.width();
    digits = new int[width / 2];
    bits = width > 2;
    possible =
        !header.isNamed()
            && !header.isIndexed()
            && width % 2 == 0
            && text.separator() == ','
            && !text.namesSeparator()
            && config.decimal() != CsvDecimal.POINT;
  }

  /** Adds the next line. */
  void add(CsvRecord line) {
    possible = possible && line.getFieldCount() == width;
    for (int i = 0; possible && i < digits.length; i++) {
      String before = line.getField(2 * i).strip();
      String after = line.getField(2 * i + 1).strip();
      possible =
          CsvValue.isInteger(before, true)
              && CsvValue.isInteger(after, false)
              && (width == 2 || digits[i] == 0 || digits[i] == after.length());
      digits[i] = after.length();
      bits = bits && isBit(before) && isBit(after);
    }
  }

  private static boolean isBit(String field) {
    return field.equals("0") || field.equals("1");
  }

  /** Throws an exception if every line may consist of such numbers. */
  void check(Path file) throws BadFileException {
    if (possible && !bits) {
      throw new BadFileException(
          file,
          "all lines",
          width == 2
              ? "got two integers in each, which may be one number with a decimal comma, expected"
                  + " unambiguous values; for two columns use CsvConfig.decimal(POINT), for one"
                  + " CsvConfig.separator(';') and CsvConfig.decimal(COMMA)"
              : "got "
                  + width
                  + " integers in each, which may be "
                  + width / 2
                  + " numbers with decimal commas, expected unambiguous values; for integers use"
                  + " CsvConfig.decimal(POINT), otherwise export the table with another column"
                  + " separator");
    }
  }
}
