package io.github.vqvae4j.io;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonNull;
import com.google.gson.JsonObject;
import com.google.gson.JsonPrimitive;
import io.github.vqvae4j.config.Added;
import io.github.vqvae4j.config.Records;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Immutable records as JSON objects and back, strictly: a configuration that was mistyped is
 * refused and never half understood.
 *
 * <p>A component may be a {@code boolean}, {@code int}, {@code long}, {@code float}, {@code
 * double}, {@code String}, an enum (by its constant's name), another record, or a {@code List} of
 * these. All numbers read back exactly as they were written; other programs may know no other
 * numbers than doubles, and round a {@code long} beyond 2^53. There is no null.
 *
 * <p>Every refusal is an {@link IllegalArgumentException} that begins with the path of the field:
 * {@code layers[2].width: ...}.
 */
public final class RecordJson {
  private RecordJson() {}

  /**
   * Turns a record into JSON, its components in their order.
   *
   * @param value the record
   * @return a new object
   * @throws IllegalArgumentException if a component is null, NaN, infinite, or of a type not named
   *     above
   */
  public static JsonObject toJson(Record value) {
    return objectOf(value, "", false);
  }

  /**
   * Turns a record of figures, which are measured and not chosen, into JSON: as {@link #toJson},
   * but what is NaN or infinite becomes null, as JSON has no such numbers.
   *
   * @param value the record
   * @return a new object, which {@link #fromJson} does not take where there is a null
   * @throws IllegalArgumentException if a component is null or of a type not named above
   */
  public static JsonObject figures(Record value) {
    return objectOf(value, "", true);
  }

  /**
   * Turns a figure into JSON.
   *
   * @param value any number
   * @return it, or null in JSON if it is NaN or infinite
   */
  public static JsonElement figure(double value) {
    return Double.isFinite(value) ? new JsonPrimitive(value) : JsonNull.INSTANCE;
  }

  /**
   * Turns JSON into a record.
   *
   * @param json the object, as from {@link StrictJson}; every component must be there, and nothing
   *     else
   * @param type the record's class
   * @param <R> the record's type
   * @return the record, made by its own constructor
   * @throws IllegalArgumentException if a name is unknown or missing, or a value is of the wrong
   *     type or out of range; also the constructor's own, as it threw it
   */
  public static <R extends Record> R fromJson(JsonObject json, Class<R> type) {
    return fromJson(json, type, Integer.MAX_VALUE);
  }

  /**
   * Turns JSON of an earlier version into a record: as {@link #fromJson(JsonObject, Class)}, but
   * what was {@link Added} later is what it says there, and is refused in the JSON.
   *
   * @param json the object
   * @param type the record's class
   * @param version that the JSON was written by
   * @param <R> the record's type
   * @return the record, made by its own constructor
   * @throws IllegalArgumentException as {@link #fromJson(JsonObject, Class)}
   */
  public static <R extends Record> R fromJson(JsonObject json, Class<R> type, int version) {
    return recordOf(json, type, "", version);
  }

  /**
   * Returns the version of a record.
   *
   * @param type the record's class
   * @return the largest version of what was {@link Added} to it or to a record in it; 1 for none
   */
  public static int version(Class<? extends Record> type) {
    int version = 1;
    for (RecordComponent component : type.getRecordComponents()) {
      Added added = component.getAnnotation(Added.class);
      Type part = component.getGenericType();
      if (part instanceof ParameterizedType list) {
        part = list.getActualTypeArguments()[0];
      }
      int ofPart =
          part instanceof Class<?> simple && simple.isRecord()
              ? version(simple.asSubclass(Record.class))
              : 1;
      version = Math.max(version, Math.max(ofPart, added == null ? 1 : added.version()));
    }
    return version;
  }

  private static JsonObject objectOf(Record value, String path, boolean figures) {
    JsonObject json = new JsonObject();
    RecordComponent[] components = value.getClass().getRecordComponents();
    Object[] values = Records.values(value);
    for (int i = 0; i < components.length; i++) {
      String name = components[i].getName();
      Type type = components[i].getGenericType();
      json.add(name, elementOf(values[i], type, join(path, name), figures));
    }
    return json;
  }

  private static JsonElement elementOf(Object value, Type type, String path, boolean figures) {
    if (value == null) {
      throw new IllegalArgumentException(
          path + ": got null, expected " + describe(type) + "; give it a value");
    }
    if (value instanceof List<?> list) {
      Type elementType = elementType(type, path);
      JsonArray array = new JsonArray();
      for (Object element : list) {
        array.add(elementOf(element, elementType, path + "[" + array.size() + "]", figures));
      }
      return array;
    }
    if (value instanceof Record record) {
      return objectOf(record, path, figures);
    }
    if (value instanceof Enum<?> constant) {
      return new JsonPrimitive(constant.name());
    }
    if (value instanceof String text) {
      return new JsonPrimitive(text);
    }
    if (value instanceof Boolean truth) {
      return new JsonPrimitive(truth);
    }
    if (value instanceof Float || value instanceof Double) {
      if (!Double.isFinite(((Number) value).doubleValue())) {
        if (figures) {
          return JsonNull.INSTANCE;
        }
        throw new IllegalArgumentException(
            path
                + ": got "
                + value
                + ", expected a finite number, as JSON has no other; change it");
      }
      // Their toString, which Gson writes, is exact for each of the two types.
      return new JsonPrimitive((Number) value);
    }
    if (value instanceof Integer || value instanceof Long) {
      return new JsonPrimitive((Number) value);
    }
    throw unsupported(type, path);
  }

  private static <R extends Record> R recordOf(
      JsonObject json, Class<R> type, String path, int version) {
    RecordComponent[] components = type.getRecordComponents();
    List<String> names =
        Arrays.stream(components)
            .filter(component -> isIn(version, component))
            .map(RecordComponent::getName)
            .toList();
    for (String name : json.keySet()) {
      if (!names.contains(name)) {
        throw new IllegalArgumentException(
            join(path, MessageText.shown(name))
                + ": unknown name, expected one of "
                + names
                + "; correct its spelling or remove it, or read it with the version of vqvae4j that"
                + " wrote it");
      }
    }
    Object[] values = new Object[components.length];
    for (int i = 0; i < components.length; i++) {
      Type wanted = components[i].getGenericType();
      String place = join(path, components[i].getName());
      if (!isIn(version, components[i])) {
        String value = components[i].getAnnotation(Added.class).value();
        values[i] = valueOf(StrictJson.parseElement(value), wanted, place, Integer.MAX_VALUE);
        continue;
      }
      JsonElement element = json.get(components[i].getName());
      if (element == null) {
        throw new IllegalArgumentException(
            place + ": missing, expected " + describe(wanted) + "; add it");
      }
      values[i] = valueOf(element, wanted, place, version);
    }
    return Records.create(type, values);
  }

  /** Whether files of a version have a component. */
  private static boolean isIn(int version, RecordComponent component) {
    Added added = component.getAnnotation(Added.class);
    return added == null || version >= added.version();
  }

  private static Object valueOf(JsonElement json, Type type, String path, int version) {
    if (type instanceof ParameterizedType) {
      return listOf(json, type, path, version);
    }
    if (!(type instanceof Class<?> wanted)) {
      throw unsupported(type, path);
    }
    if (wanted.isRecord()) {
      if (!json.isJsonObject()) {
        throw wrong(json, type, path);
      }
      return recordOf(json.getAsJsonObject(), wanted.asSubclass(Record.class), path, version);
    }
    JsonPrimitive primitive = json.isJsonPrimitive() ? json.getAsJsonPrimitive() : null;
    if (wanted.isEnum()) {
      return constantOf(json, wanted, path);
    }
    if (wanted == String.class) {
      if (primitive == null || !primitive.isString()) {
        throw wrong(json, type, path);
      }
      return primitive.getAsString();
    }
    if (wanted == boolean.class || wanted == Boolean.class) {
      if (primitive == null || !primitive.isBoolean()) {
        throw wrong(json, type, path);
      }
      return primitive.getAsBoolean();
    }
    if (!JsonNumber.isNumberType(wanted)) {
      throw unsupported(type, path);
    }
    if (primitive == null || !primitive.isNumber()) {
      throw wrong(json, type, path);
    }
    return JsonNumber.parse(primitive.getAsString(), wanted, path);
  }

  private static List<?> listOf(JsonElement json, Type type, String path, int version) {
    Type elementType = elementType(type, path);
    if (!json.isJsonArray()) {
      throw wrong(json, type, path);
    }
    List<Object> list = new ArrayList<>();
    for (JsonElement element : json.getAsJsonArray()) {
      list.add(valueOf(element, elementType, path + "[" + list.size() + "]", version));
    }
    return List.copyOf(list);
  }

  private static Object constantOf(JsonElement json, Class<?> type, String path) {
    if (json.isJsonPrimitive() && json.getAsJsonPrimitive().isString()) {
      for (Object constant : type.getEnumConstants()) {
        if (((Enum<?>) constant).name().equals(json.getAsString())) {
          return constant;
        }
      }
    }
    throw wrong(json, type, path);
  }

  private static Type elementType(Type type, String path) {
    if (type instanceof ParameterizedType list && list.getRawType() == List.class) {
      return list.getActualTypeArguments()[0];
    }
    throw unsupported(type, path);
  }

  private static IllegalArgumentException wrong(JsonElement json, Type type, String path) {
    return new IllegalArgumentException(
        path
            + ": got "
            + MessageText.shown(json.toString())
            + ", expected "
            + describe(type)
            + "; correct the value");
  }

  private static IllegalArgumentException unsupported(Type type, String path) {
    return new IllegalArgumentException(
        path
            + ": got a component of type "
            + type.getTypeName()
            + ", expected boolean, int, long, float, double, String, an enum, a record or a List of"
            + " these; change the record");
  }

  private static String describe(Type type) {
    if (!(type instanceof Class<?> simple)) {
      return "an array (" + type.getTypeName() + ")";
    }
    if (simple.isEnum()) {
      return "one of the strings "
          + Arrays.stream(simple.getEnumConstants()).map(c -> ((Enum<?>) c).name()).toList();
    }
    return simple.isRecord()
        ? "an object (" + simple.getSimpleName() + ")"
        : "a value of type " + simple.getSimpleName();
  }

  private static String join(String path, String name) {
    return path.isEmpty() ? name : path + "." + name;
  }
}
