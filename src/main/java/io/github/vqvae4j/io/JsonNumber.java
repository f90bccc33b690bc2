package io.github.vqvae4j.io;

import java.math.BigInteger;
import java.util.Map;
import java.util.regex.Pattern;

/**
 * Parses the text of a JSON number to the requested type. An intermediate type would round twice or
 * truncate.
 */
final class JsonNumber {
  private static final Pattern INTEGER = Pattern.compile("-?[0-9]+");
  private static final Pattern NUMBER = Pattern.compile("-?[0-9]+(\\.[0-9]+)?([eE][+-]?[0-9]+)?");

  /** Zero, in any notation. */
  private static final Pattern ZERO = Pattern.compile("-?[0.]+([eE].*)?");

  private static final Map<Class<?>, String> RANGES =
      Map.of(
          int.class, "an int, -2147483648 to 2147483647",
          long.class, "a long, -9223372036854775808 to 9223372036854775807",
          float.class,
              "a float, whose absolute value is at most 3.4028235e38 and 0 or at least 1.4e-45",
          double.class,
              "a double, whose absolute value is at most 1.7976931348623157e308 and 0 or at least"
                  + " 4.9e-324");
  private static final Map<Class<?>, Class<?>> UNBOXED =
      Map.of(
          Integer.class, int.class,
          Long.class, long.class,
          Float.class, float.class,
          Double.class, double.class);

  private static final int MAX_LONG_LENGTH = 20;

  private JsonNumber() {}

  static boolean isNumberType(Class<?> type) {
    return RANGES.containsKey(type) || UNBOXED.containsKey(type);
  }

  /** Returns the number in {@code text} as a boxed value of {@code type}. */
  static Object parse(String text, Class<?> type, String path) {
    Class<?> target = UNBOXED.getOrDefault(type, type);
    if (target == int.class || target == long.class) {
      if (!INTEGER.matcher(text).matches()) {
        throw rejected(text, target, path, "is not an integer");
      }
      return parseInteger(text, target, path);
    }
    if (!NUMBER.matcher(text).matches()) {
      throw rejected(text, target, path, "is not a JSON number");
    }
    boolean single = target == float.class;
    // Casting a double to float would round twice.
    Number number = single ? (Number) Float.valueOf(text) : (Number) Double.valueOf(text);
    double value = number.doubleValue();
    if (Double.isInfinite(value) || (value == 0 && !ZERO.matcher(text).matches())) {
      throw rejected(text, target, path, "is out of range");
    }
    return number;
  }

  private static Object parseInteger(String text, Class<?> target, String path) {
    if (text.length() <= MAX_LONG_LENGTH) {
      BigInteger value = new BigInteger(text);
      if (target == int.class && value.bitLength() < Integer.SIZE) {
        return value.intValue();
      }
      if (target == long.class && value.bitLength() < Long.SIZE) {
        return value.longValue();
      }
    }
    throw rejected(text, target, path, "is out of range");
  }

  private static IllegalArgumentException rejected(
      String text, Class<?> target, String path, String why) {
    return new IllegalArgumentException(
        path
            + ": expected "
            + RANGES.get(target)
            + ", got "
            + MessageText.excerpt(text)
            + ", which "
            + why
            + "; correct the value");
  }
}
