package io.github.vqvae4j.config;

import java.lang.reflect.AccessibleObject;
import java.lang.reflect.Array;
import java.lang.reflect.Constructor;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.RecordComponent;
import java.util.Arrays;
import java.util.List;

/**
 * Copies records with changed components, so that the setters of a record with many components need
 * no explicit constructor calls:
 *
 * <pre>{@code
 * record Size(int height, int width, boolean color) {
 *   Size color(boolean on) {
 *     return Records.with(this, "color", on);
 *   }
 * }
 * }</pre>
 *
 * <p>Every record is created by its canonical constructor, which validates it ({@link Require}).
 * Exceptions of the constructor are rethrown unchanged.
 *
 * <p>A record in a named module must be public in an exported package, or its package must be open
 * to this library: {@code opens my.settings to io.github.vqvae4j;} in its {@code module-info.java}.
 */
public final class Records {
  private static final String LIBRARY = "io.github.vqvae4j";

  private Records() {}

  /**
   * Returns a copy of a record with a new value for one component.
   *
   * @param record the record to copy
   * @param component the component's name
   * @param value the new value, of the component's type; an array is converted for a component of
   *     type {@code List}
   * @param <R> the record's type
   * @return a copy with the new value
   * @throws IllegalArgumentException if there is no such component, the value has a different type,
   *     or the record's module does not open its package
   */
  public static <R extends Record> R with(R record, String component, Object value) {
    Object[] values = values(record);
    values[indexOf(record, component)] = value;
    return copy(record, values);
  }

  /**
   * Returns a copy of a record with new values for two components, which are validated together.
   *
   * @param record the record to copy
   * @param first the name of the first component
   * @param firstValue its new value
   * @param second the name of the second component
   * @param secondValue its new value
   * @param <R> the record's type
   * @return a copy with the new values
   * @throws IllegalArgumentException under the conditions of {@link #with(Record, String, Object)}
   */
  public static <R extends Record> R with(
      R record, String first, Object firstValue, String second, Object secondValue) {
    Object[] values = values(record);
    values[indexOf(record, first)] = firstValue;
    values[indexOf(record, second)] = secondValue;
    return copy(record, values);
  }

  /**
   * Returns the values of a record's components.
   *
   * @param record the record
   * @return a new array, in declaration order
   */
  public static Object[] values(Record record) {
    return Arrays.stream(record.getClass().getRecordComponents())
        .map(component -> value(component, record))
        .toArray();
  }

  /**
   * Creates a record with its canonical constructor.
   *
   * @param type the record's class
   * @param values the values of all components, in declaration order
   * @param <R> the record's type
   * @return a new record
   * @throws IllegalArgumentException if a value does not have the type of its component, the number
   *     of values is wrong, the record's module does not open its package, or the constructor
   *     throws it
   */
  public static <R extends Record> R create(Class<R> type, Object... values) {
    RecordComponent[] components = type.getRecordComponents();
    if (values.length != components.length) {
      throw new IllegalArgumentException(
          type.getSimpleName()
              + ": expected one value for each of "
              + names(components)
              + ", got "
              + values.length
              + " values.");
    }
    Class<?>[] types = new Class<?>[components.length];
    Object[] converted = new Object[components.length];
    for (int i = 0; i < components.length; i++) {
      types[i] = components[i].getType();
      boolean isArrayForList = types[i] == List.class && values[i] instanceof Object[];
      converted[i] = isArrayForList ? Arrays.asList((Object[]) values[i]) : values[i];
      checkType(type.getSimpleName() + "." + components[i].getName(), types[i], converted[i]);
    }
    try {
      Constructor<R> constructor = type.getDeclaredConstructor(types);
      open(type, constructor, null);
      return constructor.newInstance(converted);
    } catch (InvocationTargetException e) {
      throw unwrap(e);
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException("every record has its canonical constructor", e);
    }
  }

  /** Uses an array store, which accepts the same values as a constructor argument. */
  private static void checkType(String component, Class<?> type, Object value) {
    try {
      Array.set(Array.newInstance(type, 1), 0, value);
    } catch (IllegalArgumentException | NullPointerException e) {
      String got = value == null ? "null" : value + " of type " + value.getClass().getSimpleName();
      throw new IllegalArgumentException(
          component + ": expected a value of type " + type.getSimpleName() + ", got " + got + ".",
          e);
    }
  }

  /** Makes a member of a record accessible to this class. */
  private static void open(Class<?> record, AccessibleObject member, Record instance) {
    if (!member.canAccess(instance) && !member.trySetAccessible()) {
      throw new IllegalArgumentException(
          "Records: "
              + record.getName()
              + " is not accessible to vqvae4j. Add \"opens "
              + record.getPackageName()
              + " to "
              + LIBRARY
              + ";\" to the module-info.java of "
              + record.getModule().getName()
              + ", or make the record public and export its package.");
    }
  }

  @SuppressWarnings("unchecked") // a record has no subclasses, so this is its class
  private static <R extends Record> R copy(R record, Object[] values) {
    return create((Class<R>) record.getClass(), values);
  }

  private static int indexOf(Record record, String component) {
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
            + "\". Expected one of "
            + names(components)
            + ".");
  }

  private static List<String> names(RecordComponent... components) {
    return Arrays.stream(components).map(RecordComponent::getName).toList();
  }

  private static Object value(RecordComponent component, Record record) {
    try {
      Method accessor = component.getAccessor();
      open(record.getClass(), accessor, record);
      return accessor.invoke(record);
    } catch (InvocationTargetException e) {
      throw unwrap(e);
    } catch (IllegalAccessException e) {
      throw new IllegalStateException("the accessor was made accessible", e);
    }
  }

  /** Returns the exception thrown by the record, which is more specific. */
  private static RuntimeException unwrap(InvocationTargetException e) {
    if (e.getCause() instanceof RuntimeException exception) {
      return exception;
    }
    if (e.getCause() instanceof Error error) {
      throw error;
    }
    return new IllegalStateException(e.getCause());
  }
}
