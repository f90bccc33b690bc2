package io.github.vqvae4j.model.internal;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import io.github.vqvae4j.config.Records;
import io.github.vqvae4j.io.BadFileException;
import io.github.vqvae4j.io.MessageText;
import io.github.vqvae4j.io.RecordJson;
import io.github.vqvae4j.io.StrictJson;
import io.github.vqvae4j.model.ImageModel;
import java.lang.reflect.RecordComponent;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;

/**
 * The settings of a model's components in a model file: a JSON object that maps the name of each
 * component to its kind and its settings. Settings are read strictly, according to the format
 * version of the file.
 *
 * <p>A kind is a name in the {@link Registry}, never a class name, so a file cannot cause arbitrary
 * code to run. Components whose settings are not registered have the kind {@link #CUSTOM}; their
 * files can only be loaded into an existing model.
 */
final class ModelSettings {
  /** The oldest supported format version, that of release 0.1.0. */
  static final int FIRST = 4;

  /** The kind of components whose settings are not registered. */
  static final String CUSTOM = "custom";

  private static final String KIND = "kind";
  private static final String SETTINGS = "settings";

  private final Registry registry;
  private final Registry.Entry model;
  private final Path file;
  private final String location;
  private final int version;
  private final JsonObject components;

  /**
   * Parses the output of {@link #toJson}.
   *
   * @param model the kind of the model
   * @param location the location of the text in the file, for messages
   * @param version the format version of the file
   * @throws BadFileException if the text is not a JSON object with the components of the model
   */
  ModelSettings(
      Registry registry, Registry.Entry model, Path file, String location, int version, String text)
      throws BadFileException {
    this.registry = registry;
    this.model = model;
    this.file = file;
    this.location = location;
    this.version = version;
    try {
      components = StrictJson.parse(text);
      checkNames(components, types(model).keySet());
    } catch (IllegalArgumentException e) {
      throw new BadFileException(
          file,
          location,
          e.getMessage() + "; expected a JSON object of settings, the file is corrupt",
          e);
    }
  }

  /** Returns the types of the settings of a model's components, by component name. */
  private static Map<String, Class<?>> types(Registry.Entry model) {
    return Arrays.stream(model.settings().getRecordComponents())
        .collect(Collectors.toMap(RecordComponent::getName, RecordComponent::getType));
  }

  /**
   * Converts the settings of all components to JSON.
   *
   * @param model the kind of the model
   * @param settings the settings by component name; empty for custom components
   * @throws IllegalStateException if the components are not those of the registered settings
   */
  static JsonObject toJson(
      Registry registry, Registry.Entry model, Map<String, ? extends Optional<?>> settings) {
    Map<String, Class<?>> types = types(model);
    if (!types.keySet().equals(settings.keySet())) {
      throw new IllegalStateException(
          model.model().getSimpleName()
              + ".settings: expected the components of "
              + model.settings().getSimpleName()
              + ", "
              + new TreeSet<>(types.keySet())
              + ", got "
              + settings.keySet()
              + ". Return one entry for each.");
    }
    JsonObject components = new JsonObject();
    settings.forEach(
        (name, component) -> {
          boolean isOfModel = types.get(name).isRecord();
          String kind =
              component
                  .flatMap(c -> isOfModel ? Optional.of(model) : entry(registry, c))
                  .map(Registry.Entry::name)
                  .orElse(CUSTOM);
          JsonObject json = new JsonObject();
          json.addProperty(KIND, kind);
          if (!kind.equals(CUSTOM)) {
            json.add(SETTINGS, RecordJson.toJson((Record) component.orElseThrow(), registry));
          }
          components.add(name, json);
        });
    return components;
  }

  /** Returns the entry of settings whose parts are all registered. */
  private static Optional<Registry.Entry> entry(Registry registry, Object settings) {
    return registry.isSaved(settings) ? registry.ofSettings(settings.getClass()) : Optional.empty();
  }

  /** Returns whether the output of {@link #toJson} has a component whose settings it lacks. */
  static boolean hasCustom(JsonObject components) {
    return components.asMap().values().stream()
        .anyMatch(c -> c.getAsJsonObject().get(KIND).getAsString().equals(CUSTOM));
  }

  /**
   * Returns the settings of the model, with those of its components.
   *
   * @throws BadFileException if settings are missing, corrupt, of an unknown kind, or those of a
   *     custom component
   */
  ImageModel.Config<?> read() throws BadFileException {
    RecordComponent[] parts = model.settings().getRecordComponents();
    Object[] values = new Object[parts.length];
    for (int i = 0; i < parts.length; i++) {
      values[i] = component(parts[i].getName(), parts[i].getType());
    }
    try {
      return (ImageModel.Config<?>) Records.create(model.settings(), values);
    } catch (IllegalArgumentException e) {
      throw new BadFileException(file, location, "corrupt settings: " + e.getMessage(), e);
    }
  }

  private Record component(String component, Class<?> type) throws BadFileException {
    String place = location + ", " + component;
    try {
      JsonObject json = object(components.get(component), component);
      String kind = text(json.get(KIND), KIND);
      if (kind.equals(CUSTOM)) {
        checkNames(json, Set.of(KIND));
        throw new BadFileException(
            file,
            place,
            "this is a custom component, whose settings were not registered when it was saved; build"
                + " the same model in code and load the file with "
                + model.model().getSimpleName()
                + ".load(file, model)");
      }
      checkNames(json, Set.of(KIND, SETTINGS));
      Class<? extends Record> settings = kinds(type).get(kind);
      if (settings == null) {
        throw new BadFileException(
            file,
            place,
            "unknown kind \""
                + MessageText.excerpt(kind)
                + "\", expected one of "
                + kinds(type).keySet()
                + "; "
                + Registry.HOW);
      }
      return RecordJson.fromJson(object(json.get(SETTINGS), SETTINGS), settings, version, registry);
    } catch (IllegalArgumentException e) {
      throw new BadFileException(file, place, "corrupt settings: " + e.getMessage(), e);
    }
  }

  /**
   * Returns the possible settings of a component by kind; the kind of the model's own is its name.
   */
  private Map<String, Class<? extends Record>> kinds(Class<?> type) {
    return type.isRecord()
        ? Map.of(model.name(), type.asSubclass(Record.class))
        : registry.ofType(type);
  }

  private static JsonObject object(JsonElement json, String name) {
    if (json == null || !json.isJsonObject()) {
      throw wrong(json, name, "an object");
    }
    return json.getAsJsonObject();
  }

  private static String text(JsonElement json, String name) {
    if (json == null || !json.isJsonPrimitive() || !json.getAsJsonPrimitive().isString()) {
      throw wrong(json, name, "a string");
    }
    return json.getAsString();
  }

  private static IllegalArgumentException wrong(JsonElement json, String name, String expected) {
    String got = json == null ? "missing" : "got " + MessageText.excerpt(json.toString());
    return new IllegalArgumentException(name + ": " + got + ", expected " + expected);
  }

  private static void checkNames(JsonObject json, Set<String> known) {
    for (String name : json.keySet()) {
      if (!known.contains(name)) {
        throw new IllegalArgumentException(
            "unknown name \""
                + MessageText.excerpt(name)
                + "\", expected one of "
                + new TreeSet<>(known));
      }
    }
  }
}
