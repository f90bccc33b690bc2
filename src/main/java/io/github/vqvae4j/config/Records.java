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
 * <p>Every record is made by its canonical constructor, which checks it ({@link Require}); what
 * that throws is thrown as it is.
 *
 * <p>A record of a named module must be public in an exported package, or its package be open to
 * this library: {@code opens my.settings to io.github.vqvae4j;} in its {@code module-info.java}.
 */
public final class Records {
  private static final String LIBRARY = "io.github.vqvae4j";

  private Records() {}

  /**
   * Copies a record with another value of one component.
   *
   * @param record stays as it is
   * @param component its name
   * @param value of the component's type; an array for a {@code List} of its elements
   * @param <R> the record's type
   * @return a new record
   * @throws IllegalArgumentException if there is no such component, the value is of another type,
   *     or the record's module keeps it closed
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
   * @throws IllegalArgumentException if a value is of another type than its component, there are
   *     more or fewer values, or the record's module keeps it closed; also the constructor's own
   */
  public static <R extends Record> R create(Class<R> type, Object... values) {
    RecordComponent[] components = type.getRecordComponents();
    if (values.length != components.length) {
      throw new IllegalArgumentException(
          type.getSimpleName()
              + ": expected a value for each of "
              + names(components)
              + ", got "
              + values.length
              + ".");
    }
    Class<?>[] types = new Class<?>[components.length];
    Object[] converted = new Object[components.length];
    for (int i = 0; i < components.length; i++) {
      types[i] = components[i].getType();
      boolean listed = types[i] == List.class && values[i] instanceof Object[];
      converted[i] = listed ? Arrays.asList((Object[]) values[i]) : values[i];
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

  /** An element of an array takes what an argument of a constructor takes. */
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

  /** Makes a member of a record callable from here, if it is not. */
  private static void open(Class<?> record, AccessibleObject member, Record of) {
    if (!member.canAccess(of) && !member.trySetAccessible()) {
      throw new IllegalArgumentException(
          "Records: "
              + record.getName()
              + " is closed to vqvae4j; add \"opens "
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
            + names(components)
            + "; correct the name.");
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
