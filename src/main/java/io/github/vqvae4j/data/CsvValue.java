package io.github.vqvae4j.data;

import io.github.vqvae4j.io.MessageText;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** What a field of a CSV file may be: a number, a missing value, or what a message says of it. */
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

  private static final int SHOWN = 60;

  private CsvValue() {}

  /** Whether a stripped field stands for a missing value. */
  static boolean isMissing(String field) {
    return field.length() <= 4 && MISSING.contains(field.toLowerCase(Locale.ROOT));
  }

  /** Whether it is a number, be it with a decimal comma or infinite, and so no name. */
  static boolean isLikeNumber(String text) {
    String field = plain(text);
    String unsigned = field.startsWith("+") || field.startsWith("-") ? field.substring(1) : field;
    return !Double.isNaN(number(field, '.'))
        || !Double.isNaN(number(field, ','))
        || isGrouped(field)
        || INFINITE.contains(unsigned.toLowerCase(Locale.ROOT));
  }

  /** With ASCII's digits and marks in place of Unicode's others, and no spaces around. */
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
    return field.length() < SHOWN && GROUPED.matcher(field).matches();
  }

  /**
   * The number, or NaN if the field is none: digits with or without sign, decimal mark and
   * exponent, and nothing else; infinite if it is too large.
   */
  static double number(String field, char mark) {
    for (int i = 0; i < field.length(); i++) {
      char c = field.charAt(i);
      // Java would also read 5d, 0x1p3 and control characters around.
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

  /** Whether it is digits alone. */
  static boolean isInteger(String field, boolean signed) {
    int from = signed && (field.startsWith("-") || field.startsWith("+")) ? 1 : 0;
    for (int i = from; i < field.length(); i++) {
      if (field.charAt(i) < '0' || field.charAt(i) > '9') {
        return false;
      }
    }
    return field.length() > from;
  }

  /**
   * What to do about a field that is no finite number.
   *
   * @param first whether there were no values before
   */
  static String advice(String field, CsvConfig config, char separator, boolean first) {
    if (isMissing(field)) {
      return "it is missing: correct it, leave the line out, or choose what becomes of missing"
          + " values by CsvConfig.missing(DROP_LINE, PREVIOUS or INTERPOLATE)";
    }
    if (isGrouped(field)) {
      return "thousands separators are not read: export the table without them";
    }
    boolean comma = config.decimal() == CsvDecimal.COMMA;
    if (!Double.isNaN(number(field, comma ? ',' : '.'))) {
      return "it is too large for a float: correct it, or leave the line out";
    }
    if (!Double.isNaN(number(field, comma ? '.' : ','))) {
      if (CsvThousands.maySeparate(field)) {
        return "it may have a thousands separator: write the numbers without; if it is a decimal "
            + (comma
                ? "point, give CsvConfig.decimal(POINT)"
                : "comma, give CsvConfig.decimal(COMMA)");
      }
      return comma
          ? "it has a decimal point, but CsvConfig.decimal(COMMA) was given: give"
              + " CsvConfig.decimal(POINT) if all numbers have one"
          : "it looks like a decimal comma: for those give CsvConfig.decimal(COMMA)";
    }
    if (!plain(field).equals(field) && isLikeNumber(field)) {
      return "it has another minus, digit, mark or space than ASCII's: replace them by - and 0 to 9";
    }
    if (field.length() < SHOWN && DATE.matcher(field).matches()) {
      return "it looks like a date or time: leave that column out by choosing columns by their"
          + " names, or, if it is the first, by CsvConfig.index(PRESENT)";
    }
    return "correct it, leave the line out, "
        + separatorAdvice(field, separator)
        + ", or choose columns by their names"
        + (first ? startAdvice(config) : "");
  }

  /** Advice for the first lines: what devices write before a table is taken for its header. */
  static String startAdvice(CsvConfig config) {
    return "; if there are lines before the table, remove them"
        + (config.comments() ? ", or let them begin with #" : "");
  }

  /** Advice to give a separator: one which the text holds, if it does not hold the present one. */
  static String separatorAdvice(String text, char separator) {
    return "give the separator with CsvConfig.separator"
        + otherSeparator(text, separator).map(other -> "(" + quoted(other) + ")").orElse("");
  }

  /** Another separator that the text holds. */
  static Optional<Character> otherSeparator(String text, char separator) {
    return Stream.of(';', '\t', '|', ',')
        .filter(other -> other != separator && text.indexOf(other) >= 0)
        .findFirst();
  }

  /** The character as Java writes it. */
  static String quoted(char c) {
    return "'" + MessageText.escaped(String.valueOf(c)) + "'";
  }
}
