package io.github.vqvae4j.config;

import java.util.Arrays;
import java.util.List;

/**
 * Checks of a record's components, for its constructor. What is refused is named by record and
 * component:
 *
 * <pre>{@code
 * record Size(int height, Unit unit) {
 *   Size {
 *     Require.that(height >= 1, "Size.height", "at least 1", height);
 *     Require.present(Unit.class, "Size.unit", unit);
 *   }
 * }
 * // Size.height: expected at least 1, got 0.
 * // Size.unit: expected one of [METER, INCH], got null.
 * }</pre>
 */
public final class Require {
  private Require() {}

  /**
   * Refuses a value out of range.
   *
   * @param holds whether it is in range; false for NaN where a range is compared with {@code >=}
   * @param component record and component, {@code "Size.height"}
   * @param expected the range
   * @param got the value
   * @throws IllegalArgumentException if it does not hold
   */
  public static void that(boolean holds, String component, String expected, Object got) {
    if (!holds) {
      throw outOfRange(component, expected, got, "");
    }
  }

  /**
   * Refuses a value out of range, and says what to do.
   *
   * @param holds whether it is in range
   * @param component record and component
   * @param expected the range
   * @param got the value
   * @param advice what to do where the range does not say it
   * @throws IllegalArgumentException if it does not hold
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
   * Refuses null.
   *
   * @param type the component's; the message lists an enum's constants
   * @param component record and component
   * @param value any
   * @throws NullPointerException if it is null
   */
  public static void present(Class<?> type, String component, Object value) {
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
   * Copies a list, and refuses null for it and in it.
   *
   * @param type the elements'
   * @param component record and component
   * @param values any
   * @param <T> the elements' type
   * @return an immutable list of the same
   * @throws NullPointerException if it or one of its elements is null
   */
  public static <T> List<T> list(Class<T> type, String component, List<T> values) {
    present(List.class, component, values);
    int place = 0;
    for (T value : values) {
      present(type, component + "[" + place++ + "]", value);
    }
    return List.copyOf(values);
  }
}
