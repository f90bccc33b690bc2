package io.github.vqvae4j.model;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import io.github.vqvae4j.io.BadFileException;
import io.github.vqvae4j.io.MessageText;
import io.github.vqvae4j.io.RecordJson;
import io.github.vqvae4j.io.StrictJson;
import io.github.vqvae4j.quantize.VectorQuantizerConfig;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/**
 * The settings of a model's parts in its file: a JSON object that has, for each part, its kind and
 * its settings. Each version of the format is read as it was written, and as nothing else.
 *
 * <p>A kind is a name from the table below, never a class: nothing in a file decides which code
 * runs. Parts of one's own are written as {@link #CUSTOM}, and such a file needs an instance to be
 * loaded into.
 */
final class PartSettings {
  /** The oldest version that is read, that of 0.1.0. */
  static final int FIRST = 4;

  /** What the settings of each kind are. */
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

  /** The version that is written: {@link #FIRST} or the newest {@code @Added} component's. */
  static final int VERSION =
      KINDS.values().stream().mapToInt(RecordJson::version).reduce(FIRST, Math::max);

  private static final String KIND = "kind";
  private static final String SETTINGS = "settings";
  private static final String CUSTOM = "custom";

  private final Path file;
  private final String place;
  private final int version;
  private final JsonObject parts;

  /**
   * Reads what {@link #toJson} wrote.
   *
   * @param place of the text in the file, for messages
   * @param version of the file
   * @param names of the parts
   * @throws BadFileException if it is no JSON object or has other parts
   */
  PartSettings(Path file, String place, int version, String text, Set<String> names)
      throws BadFileException {
    this.file = file;
    this.place = place;
    this.version = version;
    try {
      parts = StrictJson.parse(text);
      checkNames(parts, names);
    } catch (IllegalArgumentException e) {
      throw new BadFileException(
          file, place, e.getMessage() + "; expected a JSON object, the file is damaged", e);
    }
  }

  /** The settings of all parts; empty for one's own. */
  static JsonObject toJson(Map<String, ? extends Optional<?>> settings) {
    JsonObject parts = new JsonObject();
    settings.forEach((name, ofPart) -> parts.add(name, part(ofPart)));
    return parts;
  }

  private static JsonObject part(Optional<?> settings) {
    JsonObject part = new JsonObject();
    for (Map.Entry<String, Class<? extends Record>> kind : KINDS.entrySet()) {
      if (settings.isPresent() && settings.get().getClass() == kind.getValue()) {
        part.addProperty(KIND, kind.getKey());
        part.add(SETTINGS, RecordJson.toJson((Record) settings.get()));
        return part;
      }
    }
    part.addProperty(KIND, CUSTOM);
    return part;
  }

  /**
   * The settings of a part.
   *
   * @param type what they must be
   * @param loader loads into an instance, for the message where the part was its author's own
   * @throws BadFileException if they are missing, damaged, or the part was its author's own
   */
  <C> C of(String part, Class<C> type, String loader) throws BadFileException {
    try {
      JsonObject json = object(parts.get(part), part);
      String kind = text(json.get(KIND), KIND);
      if (kind.equals(CUSTOM)) {
        checkNames(json, Set.of(KIND));
        throw new BadFileException(
            file,
            place + ", " + part,
            "the model was saved with a part of its author's own, which a file cannot bring; build"
                + " the same model and use "
                + loader
                + ".load(file, model)");
      }
      checkNames(json, Set.of(KIND, SETTINGS));
      Class<? extends Record> record = KINDS.get(kind);
      if (record == null || !type.isAssignableFrom(record)) {
        throw new IllegalArgumentException(
            "unknown kind \""
                + MessageText.shown(kind)
                + "\", expected one of "
                + new TreeSet<>(KINDS.keySet()));
      }
      return type.cast(RecordJson.fromJson(object(json.get(SETTINGS), SETTINGS), record, version));
    } catch (IllegalArgumentException e) {
      throw new BadFileException(
          file, place + ", " + part, "damaged settings: " + e.getMessage(), e);
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
    String got = json == null ? "missing" : "got " + MessageText.shown(json.toString());
    return new IllegalArgumentException(name + ": " + got + ", expected " + expected);
  }

  private static void checkNames(JsonObject json, Set<String> known) {
    for (String name : json.keySet()) {
      if (!known.contains(name)) {
        throw new IllegalArgumentException(
            "unknown name \""
                + MessageText.shown(name)
                + "\", expected one of "
                + new TreeSet<>(known));
      }
    }
  }
}
