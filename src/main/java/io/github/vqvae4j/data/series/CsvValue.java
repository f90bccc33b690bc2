package io.github.vqvae4j.data.series;

import io.github.vqvae4j.io.MessageText;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * Parses a field of a CSV file as a number or a missing value, and returns advice for other fields.
 */
final class CsvValue {
  private static final Set<String> MISSING =
      Set.of("", "na", "n/a", "#n/a", "<na>", "nan", "-nan", "null", "none", "-");

  private static final Set<String> INFINITE = Set.of("inf", "infinity", "\u221E");
  private static final Pattern GROUPED =
      Pattern.compile(
          "[+-]?\\d{1,3}(?:"
              + "([ '_\u00A0\u2009\u202F\u2019]\\d{3})+([.,]\\d+)?"
              + "|(,\\d{3})+\\.\\d+|(,\\d{3}){2,}"
              + "|(\\.\\d{3})+,\\d+|(\\.\\d{3}){2,})");
  private static final Pattern DATE =
      Pattern.compile("\\d{1,4}([-/.])\\d{1,2}\\1\\d{1,4}.*|\\d{1,2}:\\d{2}(:\\d{2}.*)?");

  private static final int MAX_LENGTH = 60;

  private CsvValue() {}

  /** Returns whether a stripped field is a missing value. */
  static boolean isMissing(String field) {
    return field.length() <= 4 && MISSING.contains(field.toLowerCase(Locale.ROOT));
  }

  /**
   * Returns whether the text is a number, possibly with a decimal comma or infinite, and thus not a
   * name.
   */
  static boolean isLikeNumber(String text) {
    String field = plain(text);
    String unsigned = field.startsWith("+") || field.startsWith("-") ? field.substring(1) : field;
    return !Double.isNaN(number(field, '.'))
        || !Double.isNaN(number(field, ','))
        || isGrouped(field)
        || INFINITE.contains(unsigned.toLowerCase(Locale.ROOT));
  }

  /** Replaces Unicode digits, marks and spaces by those of ASCII, and strips spaces. */
  private static String plain(String text) {
    StringBuilder plain = new StringBuilder();
    for (char c : text.toCharArray()) {
      if (Character.getType(c) != Character.FORMAT) {
        plain.append(plain(c));
      }
    }
    return plain.toString().strip();
  }

  private static char plain(char c) {
    if (Character.isDigit(c)) {
      return (char) ('0' + Character.digit(c, 10));
    }
    if (Character.isSpaceChar(c)) {
      return ' ';
    }
    return switch (c) {
      case '\u2212', '\uFF0D' -> '-';
      case '\u066B', '\uFF0E' -> '.';
      case '\uFF0C' -> ',';
      default -> Character.getType(c) == Character.DASH_PUNCTUATION ? '-' : c;
    };
  }

  private static boolean isGrouped(String field) {
    return field.length() < MAX_LENGTH && GROUPED.matcher(field).matches();
  }

  /**
   * Returns the number, or NaN if the field is not a number: digits with an optional sign, decimal
   * mark and exponent. The result is infinite if it is too large.
   */
  static double number(String field, char mark) {
    for (int i = 0; i < field.length(); i++) {
      char c = field.charAt(i);
      // Java would also accept 5d, 0x1p3 and surrounding control characters.
      if ((c < '0' || c > '9') && c != mark && c != '-' && c != '+' && c != 'e' && c != 'E') {
        return Double.NaN;
      }
    }
    try {
      return field.isEmpty() ? Double.NaN : Double.parseDouble(field.replace(mark, '.'));
    } catch (NumberFormatException e) {
      return Double.NaN;
    }
  }

  /** Returns whether the field contains only digits. */
  static boolean isInteger(String field, boolean signed) {
    int start = signed && (field.startsWith("-") || field.startsWith("+")) ? 1 : 0;
    for (int i = start; i < field.length(); i++) {
      if (field.charAt(i) < '0' || field.charAt(i) > '9') {
        return false;
      }
    }
    return field.length() > start;
  }

  /**
   * Returns advice for a field that is not a finite number.
   *
   * @param first whether no values precede it
   */
  static String advice(String field, CsvConfig config, char separator, boolean first) {
    if (isMissing(field)) {
      return "it is missing: correct it, remove the line, or set the treatment of missing values"
          + " with CsvConfig.missing(DROP_LINE, PREVIOUS or INTERPOLATE)";
    }
    if (isGrouped(field)) {
      return "thousands separators are not supported: export the table without them";
    }
    boolean comma = config.decimal() == CsvDecimal.COMMA;
    if (!Double.isNaN(number(field, comma ? ',' : '.'))) {
      return "it is too large for a float: correct it, or remove the line";
    }
    if (!Double.isNaN(number(field, comma ? '.' : ','))) {
      if (CsvThousands.maySeparate(field)) {
        return "it may have a thousands separator: write the numbers without one; if it is a"
            + " decimal "
            + (comma
                ? "point, use CsvConfig.decimal(POINT)"
                : "comma, use CsvConfig.decimal(COMMA)");
      }
      return comma
          ? "it has a decimal point, but CsvConfig.decimal(COMMA) is set: use"
              + " CsvConfig.decimal(POINT) if all numbers have one"
          : "it looks like a decimal comma: for decimal commas use CsvConfig.decimal(COMMA)";
    }
    if (!plain(field).equals(field) && isLikeNumber(field)) {
      return "it contains a minus sign, digit, mark or space outside ASCII: replace it by its"
          + " ASCII equivalent, such as - and 0 to 9";
    }
    if (field.length() < MAX_LENGTH && DATE.matcher(field).matches()) {
      return "it looks like a date or time: exclude the column by selecting columns by name, or, if"
          + " it is the first, with CsvConfig.index(PRESENT)";
    }
    return "correct it, remove the line, "
        + separatorAdvice(field, separator)
        + ", or select columns by name"
        + (first ? startAdvice(config) : "");
  }

  /**
   * Returns advice for the first lines: text before a table, as written by some devices, is
   * mistaken for its header.
   */
  static String startAdvice(CsvConfig config) {
    return "; if there are other lines before the table, remove them"
        + (config.comments() ? ", or start them with #" : "");
  }

  /** Returns advice to set the separator, to one that occurs in the text if there is one. */
  static String separatorAdvice(String text, char separator) {
    return "set the separator with CsvConfig.separator"
        + otherSeparator(text, separator).map(other -> "(" + quoted(other) + ")").orElse("");
  }

  /** Returns another common separator that occurs in the text. */
  static Optional<Character> otherSeparator(String text, char separator) {
    return Stream.of(';', '\t', '|', ',')
        .filter(other -> other != separator && text.indexOf(other) >= 0)
        .findFirst();
  }

  /** Returns the character as a Java literal. */
  static String quoted(char c) {
    return "'" + MessageText.escaped(String.valueOf(c)) + "'";
  }
}
