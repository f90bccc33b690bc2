package io.github.vqvae4j.config;

import java.util.Arrays;
import java.util.List;

/**
 * Validates the components of a record in its constructor. Error messages start with the names of
 * record and component:
 *
 * <pre>{@code
 * enum Unit { METER, INCH }
 *
 * record Size(int height, Unit unit) {
 *   Size {
 *     Require.that(height >= 1, "Size.height", "at least 1", height);
 *     Require.nonNull(Unit.class, "Size.unit", unit);
 *   }
 * }
 * // Size.height: expected at least 1, got 0.
 * // Size.unit: expected one of [METER, INCH], got null.
 * }</pre>
 */
public final class Require {
  private Require() {}

  /**
   * Throws an exception if a condition does not hold.
   *
   * @param holds the condition; comparisons with {@code >=} and {@code <=} are false for NaN
   * @param component the names of record and component, such as {@code "Size.height"}
   * @param expected the expected range, such as {@code "at least 1"}
   * @param got the actual value
   * @throws IllegalArgumentException if the condition does not hold
   */
  public static void that(boolean holds, String component, String expected, Object got) {
    if (!holds) {
      throw outOfRange(component, expected, got, "");
    }
  }

  /**
   * Throws an exception with advice if a condition does not hold.
   *
   * @param holds the condition
   * @param component the names of record and component
   * @param expected the expected range
   * @param got the actual value
   * @param advice how to correct the value, if that is not obvious from the range
   * @throws IllegalArgumentException if the condition does not hold
   */
  public static void that(
      boolean holds, String component, String expected, Object got, String advice) {
    if (!holds) {
      throw outOfRange(component, expected, got, "; " + advice);
    }
  }

  private static IllegalArgumentException outOfRange(
      String component, String expected, Object got, String advice) {
    return new IllegalArgumentException(
        component + ": expected " + expected + ", got " + got + advice + ".");
  }

  /**
   * Throws an exception if a value is null.
   *
   * @param type the component's type; for an enum, the message lists its constants
   * @param component the names of record and component
   * @param value the value to check
   * @throws NullPointerException if the value is null
   */
  public static void nonNull(Class<?> type, String component, Object value) {
    if (value == null) {
      throw new NullPointerException(
          component
              + ": expected "
              + (type.isEnum()
                  ? "one of " + Arrays.toString(type.getEnumConstants())
                  : "a value of type " + type.getSimpleName())
              + ", got null.");
    }
  }

  /**
   * Returns an immutable copy of a list without null elements.
   *
   * @param type the element type
   * @param component the names of record and component
   * @param values the list to copy
   * @param <T> the element type
   * @return an immutable copy
   * @throws NullPointerException if the list or one of its elements is null
   */
  public static <T> List<T> list(Class<T> type, String component, List<T> values) {
    nonNull(List.class, component, values);
    int index = 0;
    for (T value : values) {
      nonNull(type, component + "[" + index++ + "]", value);
    }
    return List.copyOf(values);
  }
}
