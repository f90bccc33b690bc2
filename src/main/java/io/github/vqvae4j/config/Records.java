package io.github.vqvae4j.config;

import java.lang.reflect.Constructor;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.RecordComponent;
import java.util.Arrays;

/**
 * Copies of records with some components changed, so that settings of many components need no
 * constructor call for each of their setters:
 *
 * <pre>{@code
 * record Size(int height, int width, boolean color) {
 *   Size color(boolean on) {
 *     return Records.with(this, "color", on);
 *   }
 * }
 * }</pre>
 *
 * <p>Every record is made by its canonical constructor, which checks it; what that throws is thrown
 * as it is.
 */
public final class Records {
  private Records() {}

  /**
   * Copies a record with another value of one component.
   *
   * @param record stays as it is
   * @param component its name
   * @param value of the component's type
   * @param <R> the record's type
   * @return a new record
   * @throws IllegalArgumentException if there is no such component, or the value is of another type
   */
  public static <R extends Record> R with(R record, String component, Object value) {
    Object[] values = values(record);
    values[place(record, component)] = value;
    return copy(record, values);
  }

  /**
   * Copies a record with other values of two components, which are checked together.
   *
   * @param record stays as it is
   * @param first a component's name
   * @param firstValue of its type
   * @param second another component's name
   * @param secondValue of its type
   * @param <R> the record's type
   * @return a new record
   * @throws IllegalArgumentException as {@link #with(Record, String, Object)}
   */
  public static <R extends Record> R with(
      R record, String first, Object firstValue, String second, Object secondValue) {
    Object[] values = values(record);
    values[place(record, first)] = firstValue;
    values[place(record, second)] = secondValue;
    return copy(record, values);
  }

  /**
   * Returns the values of a record's components.
   *
   * @param record any
   * @return a new array, in the order of the components
   */
  public static Object[] values(Record record) {
    return Arrays.stream(record.getClass().getRecordComponents())
        .map(component -> value(component, record))
        .toArray();
  }

  /**
   * Makes a record by its canonical constructor.
   *
   * @param type the record's class
   * @param values of all components, in their order
   * @param <R> the record's type
   * @return a new record
   * @throws IllegalArgumentException if a value is of another type than its component; also the
   *     constructor's own
   */
  public static <R extends Record> R create(Class<R> type, Object... values) {
    Class<?>[] types =
        Arrays.stream(type.getRecordComponents())
            .map(RecordComponent::getType)
            .toArray(Class<?>[]::new);
    try {
      Constructor<R> constructor = type.getDeclaredConstructor(types);
      constructor.setAccessible(true);
      return constructor.newInstance(values);
    } catch (InvocationTargetException e) {
      throw unwrap(e);
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException("every record has its canonical constructor", e);
    }
  }

  @SuppressWarnings("unchecked") // a record has no subclasses, so this is its class
  private static <R extends Record> R copy(R record, Object[] values) {
    return create((Class<R>) record.getClass(), values);
  }

  private static int place(Record record, String component) {
    RecordComponent[] components = record.getClass().getRecordComponents();
    for (int i = 0; i < components.length; i++) {
      if (components[i].getName().equals(component)) {
        return i;
      }
    }
    throw new IllegalArgumentException(
        "Records: "
            + record.getClass().getSimpleName()
            + " has no component \""
            + component
            + "\", expected one of "
            + Arrays.stream(components).map(RecordComponent::getName).toList()
            + "; correct the name.");
  }

  private static Object value(RecordComponent component, Record record) {
    try {
      Method accessor = component.getAccessor();
      accessor.setAccessible(true);
      return accessor.invoke(record);
    } catch (InvocationTargetException e) {
      throw unwrap(e);
    } catch (IllegalAccessException e) {
      throw new IllegalStateException("the accessor was made accessible", e);
    }
  }

  /** A record's own exception, which knows better than this class what is wrong. */
  private static RuntimeException unwrap(InvocationTargetException e) {
    if (e.getCause() instanceof RuntimeException own) {
      return own;
    }
    if (e.getCause() instanceof Error error) {
      throw error;
    }
    return new IllegalStateException(e.getCause());
  }
}
