package io.github.vqvae4j.io;

import java.math.BigInteger;
import java.util.Map;
import java.util.regex.Pattern;

/**
 * Parses a JSON number into exactly the type that is wanted, from its text: a detour over another
 * type would round twice or cut off.
 */
final class JsonNumber {
  private static final Pattern INTEGER = Pattern.compile("-?[0-9]+");
  private static final Pattern NUMBER = Pattern.compile("-?[0-9]+(\\.[0-9]+)?([eE][+-]?[0-9]+)?");

  /** A zero, however it is written. */
  private static final Pattern ZERO = Pattern.compile("-?[0.]+([eE].*)?");

  private static final Map<Class<?>, String> RANGES =
      Map.of(
          int.class, "an int, -2147483648 to 2147483647",
          long.class, "a long, -9223372036854775808 to 9223372036854775807",
          float.class, "a float, up to 3.4028235e38 and, but for 0, no smaller than 1.4e-45",
          double.class,
              "a double, up to 1.7976931348623157e308 and, but for 0, no smaller than"
                  + " 4.9e-324");
  private static final Map<Class<?>, Class<?>> UNBOXED =
      Map.of(
          Integer.class, int.class,
          Long.class, long.class,
          Float.class, float.class,
          Double.class, double.class);

  private static final int LONGEST_LONG = 20;

  private JsonNumber() {}

  static boolean isNumberType(Class<?> type) {
    return RANGES.containsKey(type) || UNBOXED.containsKey(type);
  }

  /** The number in {@code text} as a boxed value of {@code type}. */
  static Object parse(String text, Class<?> type, String path) {
    Class<?> wanted = UNBOXED.getOrDefault(type, type);
    if (wanted == int.class || wanted == long.class) {
      if (!INTEGER.matcher(text).matches()) {
        throw refuse(text, wanted, path, "is not a whole number");
      }
      return parseInteger(text, wanted, path);
    }
    if (!NUMBER.matcher(text).matches()) {
      throw refuse(text, wanted, path, "is not a JSON number");
    }
    boolean single = wanted == float.class;
    // Not the double cast to float: it would be rounded twice.
    Number number = single ? (Number) Float.valueOf(text) : (Number) Double.valueOf(text);
    double value = number.doubleValue();
    if (Double.isInfinite(value) || (value == 0 && !ZERO.matcher(text).matches())) {
      throw refuse(text, wanted, path, "is out of range");
    }
    return number;
  }

  private static Object parseInteger(String text, Class<?> wanted, String path) {
    if (text.length() <= LONGEST_LONG) {
      BigInteger value = new BigInteger(text);
      if (wanted == int.class && value.bitLength() < Integer.SIZE) {
        return value.intValue();
      }
      if (wanted == long.class && value.bitLength() < Long.SIZE) {
        return value.longValue();
      }
    }
    throw refuse(text, wanted, path, "is out of range");
  }

  private static IllegalArgumentException refuse(
      String text, Class<?> wanted, String path, String why) {
    return new IllegalArgumentException(
        path
            + ": got "
            + MessageText.shown(text)
            + ", which "
            + why
            + ", expected "
            + RANGES.get(wanted)
            + "; correct the value");
  }
}
