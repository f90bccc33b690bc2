package io.github.vqvae4j.model.internal;

import com.google.gson.JsonObject;
import io.github.vqvae4j.io.BadFileException;
import io.github.vqvae4j.io.MessageText;
import io.github.vqvae4j.io.NamedArray;
import io.github.vqvae4j.io.Safetensors;
import io.github.vqvae4j.io.SafetensorsFile;
import io.github.vqvae4j.memory.InsufficientMemoryException;
import io.github.vqvae4j.model.ImageModel;
import io.github.vqvae4j.nn.Block;
import io.github.vqvae4j.nn.WeightsFile;
import io.github.vqvae4j.tensor.Variable;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;

/**
 * Reads and writes model files: safetensors files that contain all parameters and buffers under
 * their hierarchical names and, as metadata, the format version, the kind of the model, a name in
 * the {@link Registry}, and the settings of its components as JSON ({@link ModelSettings}).
 */
public final class ModelFile {
  private static final String FORMAT = "vqvae4j.format";
  private static final String MODEL = "vqvae4j.model";
  private static final String CONFIG = "vqvae4j.config";

  /** The variance of the training data, absent if it is unknown. */
  private static final String VARIANCE = "vqvae4j.variance";

  private final Path path;
  private final ModelSettings settings;
  private final Map<String, NamedArray> arrays;
  private final OptionalDouble variance;

  private ModelFile(
      Path path,
      Registry registry,
      Registry.Entry model,
      int version,
      Map<String, String> metadata,
      Map<String, NamedArray> arrays)
      throws BadFileException {
    this.path = path;
    String config = metadata.getOrDefault(CONFIG, "");
    settings = new ModelSettings(registry, model, path, "metadata " + CONFIG, version, config);
    this.arrays = arrays;
    variance = variance(metadata.get(VARIANCE));
  }

  private OptionalDouble variance(String text) throws BadFileException {
    if (text == null) {
      return OptionalDouble.empty();
    }
    boolean isNumber = text.matches("[0-9]{1,20}[.][0-9]{1,20}(E-?[0-9]{1,3})?");
    double value = isNumber ? Double.parseDouble(text) : 0;
    if (!(value > 0 && value <= Double.MAX_VALUE)) {
      throw new BadFileException(
          path,
          "metadata " + VARIANCE,
          "expected a number above 0, got "
              + shown(text)
              + "; the file is corrupt, replace it with an intact copy");
    }
    return OptionalDouble.of(value);
  }

  /**
   * Writes a model to a file.
   *
   * @throws IllegalStateException if the type of the model is not registered
   */
  public static void save(Path path, ImageModel model) throws IOException {
    Registry registry = Registry.instance();
    String type = model.getClass().getSimpleName();
    Registry.Entry entry =
        registry
            .ofModel(model.getClass())
            .orElseThrow(
                () ->
                    new IllegalStateException(
                        type
                            + ".save: expected a registered model, got "
                            + model.getClass().getName()
                            + ". Call ModelRegistry.register for it, or save its weights only, with"
                            + " saveWeights(file)."));
    Map<String, NamedArray> arrays = WeightsFile.arrays(type + ".save", model.variables());
    JsonObject settings = ModelSettings.toJson(registry, entry, model.settings());
    Safetensors.write(path, metadata(registry, entry, settings, model), arrays);
  }

  private static Map<String, String> metadata(
      Registry registry, Registry.Entry entry, JsonObject settings, ImageModel model) {
    Map<String, String> metadata = new LinkedHashMap<>();
    metadata.put(FORMAT, String.valueOf(registry.version()));
    metadata.put(MODEL, entry.name());
    metadata.put(CONFIG, settings.toString());
    model.trainingVariance().ifPresent(v -> metadata.put(VARIANCE, String.valueOf(v)));
    return metadata;
  }

  /**
   * Returns the metadata of a file from which {@link #build(Path, Map, Map)} builds a model with
   * the same loss; empty if the model or one of its components is not registered, or it has a
   * custom reconstruction loss.
   */
  static Map<String, String> description(ImageModel model) {
    Registry registry = Registry.instance();
    Optional<Registry.Entry> entry = registry.ofModel(model.getClass());
    if (entry.isEmpty() || model.customLoss().isPresent()) {
      return Map.of();
    }
    JsonObject settings = ModelSettings.toJson(registry, entry.get(), model.settings());
    return ModelSettings.hasCustom(settings)
        ? Map.of()
        : metadata(registry, entry.get(), settings, model);
  }

  /**
   * Returns a new model from the content of a file.
   *
   * @throws BadFileException if it is not that of a model
   */
  static ImageModel build(Path path, Map<String, String> metadata, Map<String, NamedArray> arrays)
      throws BadFileException {
    Registry.instance().makeReadOnly();
    ModelFile file = of(path, metadata, arrays, ImageModel.class);
    return file.build(file.settings.read(), ImageModel.class);
  }

  /** Returns a new model from a file. See {@link ImageModel#load(Path)}. */
  public static <M extends ImageModel> M load(Path path, Class<M> type) throws IOException {
    ModelFile file = read(path, type);
    ImageModel.Config<?> config = file.settings.read();
    return file.build(config, type);
  }

  /** Loads a file into a model. See {@link ImageModel#load(Path, ImageModel)}. */
  public static <M extends ImageModel> M load(Path path, M into) throws IOException {
    return read(path, into.getClass()).fill(into);
  }

  /** Reads the file of a model of the given type. */
  private static ModelFile read(Path path, Class<? extends ImageModel> type) throws IOException {
    Registry.instance().makeReadOnly();
    SafetensorsFile content = Safetensors.read(path);
    return of(path, content.metadata(), content.arrays(), type);
  }

  private static ModelFile of(
      Path path,
      Map<String, String> metadata,
      Map<String, NamedArray> arrays,
      Class<? extends ImageModel> type)
      throws BadFileException {
    Registry registry = Registry.instance();
    String version = metadata.get(FORMAT);
    String kind = metadata.get(MODEL);
    if (version == null || kind == null) {
      throw wrongFile(path, type, version, kind, "got " + other(metadata));
    }
    int number = version(path, version, registry.version());
    Registry.Entry model = registry.models().get(kind);
    if (model == null) {
      throw new BadFileException(
          path,
          "metadata " + MODEL,
          "unknown model \""
              + shown(kind)
              + "\", expected one of "
              + registry.models().keySet()
              + "; "
              + Registry.HOW);
    }
    if (!type.isAssignableFrom(model.model())) {
      throw wrongFile(path, type, version, kind, "got a file of " + model.model().getSimpleName());
    }
    return new ModelFile(path, registry, model, number, metadata, arrays);
  }

  private static BadFileException wrongFile(
      Path path, Class<? extends ImageModel> type, String version, String kind, String got) {
    return new BadFileException(
        path,
        "metadata",
        "expected a file of "
            + type.getSimpleName()
            + " saved by vqvae4j, "
            + got
            + " ("
            + FORMAT
            + " is "
            + shown(version)
            + ", "
            + MODEL
            + " is "
            + shown(kind)
            + "); pass a file written by "
            + type.getSimpleName()
            + ".save, or use loadWeights(file) or loadWeights(file, prefix) of a model");
  }

  /** Says what a file without the metadata of a model is. */
  private static String other(Map<String, String> metadata) {
    if (metadata.containsKey("vqvae4j.prior")) {
      return "the file of a prior, which PixelCnn.load reads";
    }
    return metadata.containsKey("vqvae4j.classifier")
        ? "the file of a classifier, which ImageClassifier.load reads"
        : "another safetensors file";
  }

  private static int version(Path path, String text, int latest) throws BadFileException {
    if (!text.matches("[1-9][0-9]{0,8}")) {
      throw badVersion(
          path, "a number", text, "the file is corrupt, replace it with an intact copy");
    }
    int version = Integer.parseInt(text);
    if (version < ModelSettings.FIRST) {
      throw badVersion(
          path,
          "a format version of at least " + ModelSettings.FIRST,
          text,
          "the file was written by a version of vqvae4j before 0.1.0. Train the model again and"
              + " save it with this version");
    }
    if (version > latest) {
      throw badVersion(
          path,
          "a format version of at most " + latest,
          text,
          "read it with the version of vqvae4j that wrote it, or a newer one");
    }
    return version;
  }

  private static BadFileException badVersion(
      Path path, String expected, String got, String advice) {
    return new BadFileException(
        path, "metadata " + FORMAT, "expected " + expected + ", got " + shown(got) + "; " + advice);
  }

  private static String shown(String text) {
    return text == null ? "missing" : MessageText.excerpt(text);
  }

  /**
   * Builds a model from its settings and fills it with the values of the file. Memory is only
   * allocated for arrays that the file contains, so corrupt settings cannot cause large
   * allocations.
   */
  private <M extends ImageModel> M build(ImageModel.Config<?> config, Class<M> type)
      throws BadFileException {
    M built;
    try {
      built = type.cast(Block.withoutValues(arrays.size(), () -> built(config)));
    } catch (IllegalArgumentException | ArithmeticException e) {
      throw badSettings(
          "the settings require a model that does not match the file's "
              + arrays.size()
              + " arrays: "
              + e.getMessage());
    }
    for (Map.Entry<String, Variable> entry : built.variables().entrySet()) {
      NamedArray array = arrays.get(entry.getKey());
      String expected = "F32" + Arrays.toString(entry.getValue().shape());
      if (array == null || !expected.equals(array.toString())) {
        throw badSettings(
            "the settings require "
                + entry.getKey()
                + " of "
                + expected
                + ", got "
                + (array == null ? "no such array" : array));
      }
    }
    try {
      return fill(built);
    } catch (BadFileException | InsufficientMemoryException e) {
      built.close();
      throw e;
    }
  }

  private static ImageModel built(ImageModel.Config<?> config) {
    return Registry.checkBuilt(config, config.build());
  }

  private BadFileException badSettings(String problem) {
    return new BadFileException(
        path,
        "metadata " + CONFIG,
        problem + "; the file is corrupt, replace it with an intact copy");
  }

  /**
   * Fills a model with the values of the file. All arrays are checked first, so that the model is
   * unchanged on failure.
   */
  private <M extends ImageModel> M fill(M model) throws BadFileException {
    WeightsFile.fill(path, model.variables(), arrays);
    variance.ifPresent(model::dataVariance);
    return model;
  }
}
