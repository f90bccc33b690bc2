package io.github.vqvae4j.model.internal;

import io.github.vqvae4j.io.BadFileException;
import io.github.vqvae4j.io.MessageText;
import io.github.vqvae4j.io.NamedArray;
import io.github.vqvae4j.io.Safetensors;
import io.github.vqvae4j.io.SafetensorsFile;
import io.github.vqvae4j.memory.InsufficientMemoryException;
import io.github.vqvae4j.model.ImageModel;
import io.github.vqvae4j.model.ModelBuilder;
import io.github.vqvae4j.model.blocks.Decoder;
import io.github.vqvae4j.model.blocks.Encoder;
import io.github.vqvae4j.nn.Block;
import io.github.vqvae4j.nn.WeightsFile;
import io.github.vqvae4j.tensor.Variable;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.Set;
import java.util.function.Supplier;

/**
 * Reads and writes model files: safetensors files that contain all parameters and buffers under
 * their hierarchical names and, as metadata, the format version, the kind of the model and the
 * settings of its components as JSON ({@link ModelSettings}).
 */
public final class ModelFile {
  /** The kinds of models. */
  public enum Model {
    VQ_VAE("vq-vae", "a VQ-VAE", "VqVae", "quantizer"),
    AUTOENCODER("autoencoder", "an autoencoder", "Autoencoder", "model"),
    VAE("vae", "a VAE", "Vae", "model");

    private final String name;
    private final String description;
    private final String type;
    private final Set<String> components;

    Model(String name, String description, String type, String component) {
      this.name = name;
      this.description = description;
      this.type = type;
      components = Set.of("encoder", component, "decoder");
    }
  }

  private static final String FORMAT = "vqvae4j.format";
  private static final String MODEL = "vqvae4j.model";
  private static final String CONFIG = "vqvae4j.config";

  /** The variance of the training data, absent if it is unknown. */
  private static final String VARIANCE = "vqvae4j.variance";

  private final Path path;
  private final Model model;
  private final ModelSettings settings;
  private final Map<String, NamedArray> arrays;
  private final OptionalDouble variance;

  private ModelFile(Path path, Model model, int version, SafetensorsFile content)
      throws BadFileException {
    this.path = path;
    this.model = model;
    String config = content.metadata().getOrDefault(CONFIG, "");
    settings = new ModelSettings(path, "metadata " + CONFIG, version, config, model.components);
    this.arrays = content.arrays();
    variance = variance(content.metadata().get(VARIANCE));
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

  /** Writes a model to a file. */
  public static void save(Path path, Model model, ImageModel layer) throws IOException {
    Map<String, NamedArray> arrays = WeightsFile.arrays(model.type + ".save", layer.variables());
    Map<String, String> metadata = new LinkedHashMap<>();
    metadata.put(FORMAT, String.valueOf(ModelSettings.VERSION));
    metadata.put(MODEL, model.name);
    metadata.put(CONFIG, ModelSettings.toJson(layer.settings()).toString());
    layer.trainingVariance().ifPresent(v -> metadata.put(VARIANCE, String.valueOf(v)));
    Safetensors.write(path, metadata, arrays);
  }

  /** Reads the file of a model of the given kind. */
  public static ModelFile read(Path path, Model model) throws IOException {
    SafetensorsFile content = Safetensors.read(path);
    String version = content.metadata().get(FORMAT);
    if (version == null || !model.name.equals(content.metadata().get(MODEL))) {
      throw new BadFileException(
          path,
          "metadata",
          "expected "
              + model.description
              + " saved by vqvae4j, got another safetensors file ("
              + FORMAT
              + " is "
              + shown(version)
              + ", "
              + MODEL
              + " is "
              + shown(content.metadata().get(MODEL))
              + "); pass a file written by "
              + model.type
              + ".save, or use loadWeights(file) or loadWeights(file, prefix) of a model");
    }
    return new ModelFile(path, model, version(path, version), content);
  }

  private static int version(Path path, String text) throws BadFileException {
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
    if (version > ModelSettings.VERSION) {
      throw badVersion(
          path,
          "a format version of at most " + ModelSettings.VERSION,
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

  /**
   * Returns the settings of a component.
   *
   * @param type the expected type
   * @throws BadFileException if the settings are missing or corrupt, or the component is a custom
   *     one
   */
  public <C> C settings(String component, Class<C> type) throws BadFileException {
    return settings.of(component, type, model.type);
  }

  /** Sets the encoder and the decoder of a builder to their settings in the file. */
  public <B extends ModelBuilder<B>> B encoderAndDecoder(B builder) throws BadFileException {
    return builder
        .encoder(settings("encoder", Encoder.Config.class))
        .decoder(settings("decoder", Decoder.Config.class));
  }

  private static String shown(String text) {
    return text == null ? "missing" : MessageText.excerpt(text);
  }

  /**
   * Builds a model from its settings and fills it with the values of the file. Memory is only
   * allocated for arrays that the file contains, so corrupt settings cannot cause large
   * allocations.
   */
  public <B extends ImageModel> B build(Supplier<B> builder) throws BadFileException {
    B built;
    try {
      built = Block.withoutValues(arrays.size(), builder);
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
  public <B extends ImageModel> B fill(B block) throws BadFileException {
    WeightsFile.fill(path, block.variables(), arrays);
    variance.ifPresent(block::dataVariance);
    return block;
  }
}
