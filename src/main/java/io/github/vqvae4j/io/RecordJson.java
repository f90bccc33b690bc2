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
import java.util.Map;
import java.util.Set;

/**
 * Converts immutable records to JSON objects and back. Parsing is strict: a misspelled setting is
 * an error and is never ignored.
 *
 * <pre>{@code
 * record Point(int x, double y) {}
 * JsonObject json = RecordJson.toJson(new Point(1, 0.5));
 * Point point = RecordJson.fromJson(json, Point.class);
 * }</pre>
 *
 * <p>Components may be {@code boolean}, {@code int}, {@code long}, {@code float}, {@code double},
 * {@code String}, enums (written as the name of the constant), records, or a {@code List} of these.
 * A component may also have an interface that records implement ({@link RecordKinds}); it is
 * written as an object of the {@code kind} and the {@code settings} of the record. Numbers are read
 * back exactly as written; other programs may only support doubles and round a {@code long} above
 * 2^53. Null is not supported.
 *
 * <p>All errors are {@link IllegalArgumentException}s whose messages start with the path of the
 * field: {@code layers[2].width: ...}.
 */
public final class RecordJson {
  private static final String KIND = "kind";
  private static final String SETTINGS = "settings";

  /** The kinds of records that are only written. */
  private enum SimpleNames implements RecordKinds {
    INSTANCE;

    @Override
    public String name(Class<?> type) {
      return type.getSimpleName();
    }

    @Override
    public Map<String, Class<? extends Record>> ofType(Class<?> type) {
      return Map.of();
    }
  }

  private RecordJson() {}

  /**
   * Converts a record to a JSON object with its components in declaration order.
   *
   * @param value the record
   * @return a new object
   * @throws IllegalArgumentException if a component is null, NaN, infinite, or of a type not named
   *     above
   */
  public static JsonObject toJson(Record value) {
    return toJson(value, SimpleNames.INSTANCE);
  }

  /**
   * Converts a record to a JSON object, with names of the kinds of its components.
   *
   * @param value the record
   * @param kinds the kinds of components of interface types; without them, their names are those of
   *     the classes, and the result cannot be read
   * @return a new object
   * @throws IllegalArgumentException as for {@link #toJson(Record)}
   */
  public static JsonObject toJson(Record value, RecordKinds kinds) {
    return objectOf(value, "", false, kinds);
  }

  /**
   * Converts a record of metrics to a JSON object: like {@link #toJson}, but NaN and infinite
   * values are written as null, as JSON cannot represent them.
   *
   * @param value the record
   * @return a new object, which {@link #fromJson} rejects if it contains null
   * @throws IllegalArgumentException if a component is null or of a type not named above
   */
  public static JsonObject metrics(Record value) {
    return objectOf(value, "", true, SimpleNames.INSTANCE);
  }

  /**
   * Converts a metric to JSON.
   *
   * @param value the value
   * @return the value, or JSON null if it is NaN or infinite
   */
  public static JsonElement metric(double value) {
    return Double.isFinite(value) ? new JsonPrimitive(value) : JsonNull.INSTANCE;
  }

  /**
   * Converts a JSON object to a record.
   *
   * @param json the object, as returned by {@link StrictJson}; it must contain all components and
   *     no other names
   * @param type the record class
   * @param <R> the type of the record
   * @return the record, created by its canonical constructor
   * @throws IllegalArgumentException if a name is unknown or missing, if a value has the wrong type
   *     or is out of range, or if the constructor throws it
   */
  public static <R extends Record> R fromJson(JsonObject json, Class<R> type) {
    return fromJson(json, type, Integer.MAX_VALUE);
  }

  /**
   * Converts a JSON object of an earlier version to a record: like {@link #fromJson(JsonObject,
   * Class)}, but components that were {@link Added} later have the value given there, and are
   * rejected in the JSON object.
   *
   * @param json the object
   * @param type the record class
   * @param version the version of the JSON object
   * @param <R> the type of the record
   * @return the record, created by its canonical constructor
   * @throws IllegalArgumentException as for {@link #fromJson(JsonObject, Class)}
   */
  public static <R extends Record> R fromJson(JsonObject json, Class<R> type, int version) {
    return fromJson(json, type, version, SimpleNames.INSTANCE);
  }

  /**
   * Converts a JSON object to a record with components of interface types.
   *
   * @param json the object
   * @param type the record class
   * @param version the version of the JSON object
   * @param kinds the kinds of these components
   * @param <R> the type of the record
   * @return the record, created by its canonical constructor
   * @throws IllegalArgumentException as for {@link #fromJson(JsonObject, Class)}
   */
  public static <R extends Record> R fromJson(
      JsonObject json, Class<R> type, int version, RecordKinds kinds) {
    return recordOf(json, type, "", version, kinds);
  }

  /**
   * Checks that a type of records can be converted to JSON and back.
   *
   * @param type the record class
   * @throws IllegalArgumentException if a component is of a type not named above, or of a record
   *     that contains itself
   */
  public static void checkType(Class<? extends Record> type) {
    checkType(type, List.of());
  }

  /**
   * Checks that a type of records can be converted to JSON and back.
   *
   * @param type the record class
   * @param interfaces the interface types that components may have
   * @throws IllegalArgumentException as for {@link #checkType(Class)}
   */
  public static void checkType(Class<? extends Record> type, List<Class<?>> interfaces) {
    checkType(type, "", List.of(), interfaces);
  }

  private static void checkType(
      Type type, String path, List<Type> outer, List<Class<?>> interfaces) {
    if (type instanceof ParameterizedType) {
      checkType(elementType(type, path), path + "[]", outer, interfaces);
      return;
    }
    if (interfaces.contains(type)) {
      return;
    }
    if (!(type instanceof Class<?> target) || outer.contains(target)) {
      throw unsupported(type, path);
    }
    if (target.isRecord()) {
      List<Type> within = new ArrayList<>(outer);
      within.add(target);
      for (RecordComponent component : target.getRecordComponents()) {
        checkType(component.getGenericType(), join(path, component.getName()), within, interfaces);
      }
    } else if (!isSimple(target)) {
      throw unsupported(type, path);
    }
  }

  private static boolean isSimple(Class<?> type) {
    return type.isEnum()
        || type == String.class
        || type == boolean.class
        || type == Boolean.class
        || JsonNumber.isNumberType(type);
  }

  /**
   * Returns the version of a record type.
   *
   * @param type the record class
   * @return the maximum version of all components {@link Added} to it or to nested records; 1 if
   *     there are none
   */
  public static int version(Class<? extends Record> type) {
    int version = 1;
    for (RecordComponent component : type.getRecordComponents()) {
      Added added = component.getAnnotation(Added.class);
      Type nested = component.getGenericType();
      if (nested instanceof ParameterizedType list) {
        nested = list.getActualTypeArguments()[0];
      }
      int nestedVersion =
          nested instanceof Class<?> simple && simple.isRecord()
              ? version(simple.asSubclass(Record.class))
              : 1;
      version = Math.max(version, Math.max(nestedVersion, added == null ? 1 : added.version()));
    }
    return version;
  }

  private static JsonObject objectOf(
      Record value, String path, boolean metrics, RecordKinds kinds) {
    JsonObject json = new JsonObject();
    RecordComponent[] components = value.getClass().getRecordComponents();
    Object[] values = Records.values(value);
    for (int i = 0; i < components.length; i++) {
      String name = components[i].getName();
      Type type = components[i].getGenericType();
      json.add(name, elementOf(values[i], type, join(path, name), metrics, kinds));
    }
    return json;
  }

  private static JsonElement elementOf(
      Object value, Type type, String path, boolean metrics, RecordKinds kinds) {
    if (value == null) {
      throw new IllegalArgumentException(
          path + ": expected " + describe(type) + ", got null; set a value");
    }
    if (value instanceof List<?> list) {
      Type elementType = elementType(type, path);
      JsonArray array = new JsonArray();
      for (Object element : list) {
        array.add(elementOf(element, elementType, path + "[" + array.size() + "]", metrics, kinds));
      }
      return array;
    }
    if (value instanceof Record record) {
      JsonObject object = objectOf(record, path, metrics, kinds);
      return isInterface(type) ? kindOf(record, object, kinds) : object;
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
        if (metrics) {
          return JsonNull.INSTANCE;
        }
        throw new IllegalArgumentException(
            path
                + ": expected a finite value, as JSON supports no others, got "
                + value
                + "; change it");
      }
      // Gson writes their toString, which is exact for both types.
      return new JsonPrimitive((Number) value);
    }
    if (value instanceof Integer || value instanceof Long) {
      return new JsonPrimitive((Number) value);
    }
    throw unsupported(type, path);
  }

  private static boolean isInterface(Type type) {
    return type instanceof Class<?> target && target.isInterface() && target != List.class;
  }

  private static JsonObject kindOf(Record record, JsonObject settings, RecordKinds kinds) {
    JsonObject json = new JsonObject();
    json.addProperty(KIND, kinds.name(record.getClass()));
    json.add(SETTINGS, settings);
    return json;
  }

  private static Record ofKind(
      JsonElement json, Class<?> type, String path, int version, RecordKinds kinds) {
    Map<String, Class<? extends Record>> known = kinds.ofType(type);
    boolean valid =
        json.isJsonObject()
            && json.getAsJsonObject().keySet().equals(Set.of(KIND, SETTINGS))
            && json.getAsJsonObject().get(SETTINGS).isJsonObject();
    JsonElement kind = valid ? json.getAsJsonObject().get(KIND) : null;
    if (kind == null
        || !kind.isJsonPrimitive()
        || !kind.getAsJsonPrimitive().isString()
        || !known.containsKey(kind.getAsString())) {
      throw new IllegalArgumentException(
          path
              + ": expected an object of \"settings\" and a \"kind\" out of "
              + known.keySet()
              + ", got "
              + MessageText.excerpt(json.toString())
              + "; correct it, or register a kind of your own before");
    }
    JsonObject settings = json.getAsJsonObject().get(SETTINGS).getAsJsonObject();
    return recordOf(settings, known.get(kind.getAsString()), path, version, kinds);
  }

  private static <R extends Record> R recordOf(
      JsonObject json, Class<R> type, String path, int version, RecordKinds kinds) {
    RecordComponent[] components = type.getRecordComponents();
    List<String> names =
        Arrays.stream(components)
            .filter(component -> isInVersion(version, component))
            .map(RecordComponent::getName)
            .toList();
    for (String name : json.keySet()) {
      if (!names.contains(name)) {
        throw new IllegalArgumentException(
            join(path, MessageText.excerpt(name))
                + ": unknown name, expected one of "
                + names
                + "; correct the spelling or remove it, or read the file with the version of"
                + " vqvae4j that wrote it");
      }
    }
    Object[] values = new Object[components.length];
    for (int i = 0; i < components.length; i++) {
      Type componentType = components[i].getGenericType();
      String location = join(path, components[i].getName());
      if (!isInVersion(version, components[i])) {
        String value = components[i].getAnnotation(Added.class).value();
        values[i] =
            valueOf(
                StrictJson.parseElement(value), componentType, location, Integer.MAX_VALUE, kinds);
        continue;
      }
      JsonElement element = json.get(components[i].getName());
      if (element == null) {
        throw new IllegalArgumentException(
            location + ": missing, expected " + describe(componentType) + "; add it");
      }
      values[i] = valueOf(element, componentType, location, version, kinds);
    }
    return Records.create(type, values);
  }

  /** Returns whether files of a version contain a component. */
  private static boolean isInVersion(int version, RecordComponent component) {
    Added added = component.getAnnotation(Added.class);
    return added == null || version >= added.version();
  }

  private static Object valueOf(
      JsonElement json, Type type, String path, int version, RecordKinds kinds) {
    if (type instanceof ParameterizedType) {
      return listOf(json, type, path, version, kinds);
    }
    if (!(type instanceof Class<?> target)) {
      throw unsupported(type, path);
    }
    if (target.isRecord()) {
      if (!json.isJsonObject()) {
        throw invalid(json, type, path);
      }
      return recordOf(
          json.getAsJsonObject(), target.asSubclass(Record.class), path, version, kinds);
    }
    if (isInterface(target)) {
      return ofKind(json, target, path, version, kinds);
    }
    JsonPrimitive primitive = json.isJsonPrimitive() ? json.getAsJsonPrimitive() : null;
    if (target.isEnum()) {
      return constantOf(json, target, path);
    }
    if (target == String.class) {
      if (primitive == null || !primitive.isString()) {
        throw invalid(json, type, path);
      }
      return primitive.getAsString();
    }
    if (target == boolean.class || target == Boolean.class) {
      if (primitive == null || !primitive.isBoolean()) {
        throw invalid(json, type, path);
      }
      return primitive.getAsBoolean();
    }
    if (!JsonNumber.isNumberType(target)) {
      throw unsupported(type, path);
    }
    if (primitive == null || !primitive.isNumber()) {
      throw invalid(json, type, path);
    }
    return JsonNumber.parse(primitive.getAsString(), target, path);
  }

  private static List<?> listOf(
      JsonElement json, Type type, String path, int version, RecordKinds kinds) {
    Type elementType = elementType(type, path);
    if (!json.isJsonArray()) {
      throw invalid(json, type, path);
    }
    List<Object> list = new ArrayList<>();
    for (JsonElement element : json.getAsJsonArray()) {
      list.add(valueOf(element, elementType, path + "[" + list.size() + "]", version, kinds));
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
    throw invalid(json, type, path);
  }

  private static Type elementType(Type type, String path) {
    if (type instanceof ParameterizedType list && list.getRawType() == List.class) {
      return list.getActualTypeArguments()[0];
    }
    throw unsupported(type, path);
  }

  private static IllegalArgumentException invalid(JsonElement json, Type type, String path) {
    return new IllegalArgumentException(
        path
            + ": expected "
            + describe(type)
            + ", got "
            + MessageText.excerpt(json.toString())
            + "; correct the value");
  }

  private static IllegalArgumentException unsupported(Type type, String path) {
    return new IllegalArgumentException(
        path
            + ": expected a component of type boolean, int, long, float, double, String, an enum, a"
            + " record or a List of these, got "
            + type.getTypeName()
            + "; change the record");
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
