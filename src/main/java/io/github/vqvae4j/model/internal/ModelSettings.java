package io.github.vqvae4j.model.internal;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import io.github.vqvae4j.io.BadFileException;
import io.github.vqvae4j.io.MessageText;
import io.github.vqvae4j.io.RecordJson;
import io.github.vqvae4j.io.StrictJson;
import io.github.vqvae4j.model.blocks.ConvDecoderConfig;
import io.github.vqvae4j.model.blocks.ConvEncoderConfig;
import io.github.vqvae4j.model.blocks.ConvVectorDecoderConfig;
import io.github.vqvae4j.model.blocks.ConvVectorEncoderConfig;
import io.github.vqvae4j.model.blocks.DenseDecoderConfig;
import io.github.vqvae4j.model.blocks.DenseEncoderConfig;
import io.github.vqvae4j.model.blocks.SeriesDecoderConfig;
import io.github.vqvae4j.model.blocks.SeriesEncoderConfig;
import io.github.vqvae4j.model.blocks.StridedDecoderConfig;
import io.github.vqvae4j.model.blocks.StridedEncoderConfig;
import io.github.vqvae4j.model.vae.AutoencoderConfig;
import io.github.vqvae4j.model.vae.VaeConfig;
import io.github.vqvae4j.quantize.VectorQuantizerConfig;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/**
 * The settings of a model's components in a model file: a JSON object that maps the name of each
 * component to its kind and its settings. Settings are read strictly, according to the format
 * version of the file.
 *
 * <p>A kind is a name from the table below, never a class name, so a file cannot cause arbitrary
 * code to run. Custom components have the kind {@link #CUSTOM}; their files can only be loaded into
 * an existing model.
 */
final class ModelSettings {
  /** The oldest supported format version, that of release 0.1.0. */
  static final int FIRST = 4;

  /** The kinds of components and the types of their settings. */
  static final Map<String, Class<? extends Record>> KINDS =
      Map.ofEntries(
          Map.entry("conv-encoder", ConvEncoderConfig.class),
          Map.entry("conv-decoder", ConvDecoderConfig.class),
          Map.entry("conv-vector-encoder", ConvVectorEncoderConfig.class),
          Map.entry("conv-vector-decoder", ConvVectorDecoderConfig.class),
          Map.entry("dense-encoder", DenseEncoderConfig.class),
          Map.entry("dense-decoder", DenseDecoderConfig.class),
          Map.entry("series-encoder", SeriesEncoderConfig.class),
          Map.entry("series-decoder", SeriesDecoderConfig.class),
          Map.entry("strided-encoder", StridedEncoderConfig.class),
          Map.entry("strided-decoder", StridedDecoderConfig.class),
          Map.entry("vector-quantizer", VectorQuantizerConfig.class),
          Map.entry("autoencoder", AutoencoderConfig.class),
          Map.entry("vae", VaeConfig.class));

  /**
   * The format version of new files: {@link #FIRST}, or the latest version of an {@code @Added}
   * component.
   */
  static final int VERSION =
      KINDS.values().stream().mapToInt(RecordJson::version).reduce(FIRST, Math::max);

  private static final String KIND = "kind";
  private static final String SETTINGS = "settings";
  private static final String CUSTOM = "custom";

  private final Path file;
  private final String location;
  private final int version;
  private final JsonObject components;

  /**
   * Parses the output of {@link #toJson}.
   *
   * @param location the location of the text in the file, for messages
   * @param version the format version of the file
   * @param names the names of the components
   * @throws BadFileException if the text is not a JSON object with these components
   */
  ModelSettings(Path file, String location, int version, String text, Set<String> names)
      throws BadFileException {
    this.file = file;
    this.location = location;
    this.version = version;
    try {
      components = StrictJson.parse(text);
      checkNames(components, names);
    } catch (IllegalArgumentException e) {
      throw new BadFileException(
          file,
          location,
          e.getMessage() + "; expected a JSON object of settings, the file is corrupt",
          e);
    }
  }

  /**
   * Converts the settings of all components to JSON.
   *
   * @param settings the settings by component name; empty for custom components
   */
  static JsonObject toJson(Map<String, ? extends Optional<?>> settings) {
    JsonObject components = new JsonObject();
    settings.forEach((name, component) -> components.add(name, component(component)));
    return components;
  }

  private static JsonObject component(Optional<?> settings) {
    JsonObject component = new JsonObject();
    for (Map.Entry<String, Class<? extends Record>> kind : KINDS.entrySet()) {
      if (settings.isPresent() && settings.get().getClass() == kind.getValue()) {
        component.addProperty(KIND, kind.getKey());
        component.add(SETTINGS, RecordJson.toJson((Record) settings.get()));
        return component;
      }
    }
    component.addProperty(KIND, CUSTOM);
    return component;
  }

  /**
   * Returns the settings of a component.
   *
   * @param type the expected type
   * @param loader the class whose {@code load(file, model)} loads custom components, for the
   *     message
   * @throws BadFileException if the settings are missing or corrupt, or the component is a custom
   *     one
   */
  <C> C of(String component, Class<C> type, String loader) throws BadFileException {
    try {
      JsonObject json = object(components.get(component), component);
      String kind = text(json.get(KIND), KIND);
      if (kind.equals(CUSTOM)) {
        checkNames(json, Set.of(KIND));
        throw new BadFileException(
            file,
            location + ", " + component,
            "this is a custom component, which cannot be built from a file; build the same model in"
                + " code and load the file with "
                + loader
                + ".load(file, model)");
      }
      checkNames(json, Set.of(KIND, SETTINGS));
      Class<? extends Record> record = KINDS.get(kind);
      if (record == null || !type.isAssignableFrom(record)) {
        throw new IllegalArgumentException(
            "unknown kind \""
                + MessageText.excerpt(kind)
                + "\", expected one of "
                + new TreeSet<>(KINDS.keySet()));
      }
      return type.cast(RecordJson.fromJson(object(json.get(SETTINGS), SETTINGS), record, version));
    } catch (IllegalArgumentException e) {
      throw new BadFileException(
          file, location + ", " + component, "corrupt settings: " + e.getMessage(), e);
    }
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
