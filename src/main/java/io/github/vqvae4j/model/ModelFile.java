package io.github.vqvae4j.model;

import io.github.vqvae4j.io.BadFileException;
import io.github.vqvae4j.io.MessageText;
import io.github.vqvae4j.io.NamedArray;
import io.github.vqvae4j.io.Safetensors;
import io.github.vqvae4j.io.SafetensorsFile;
import io.github.vqvae4j.memory.InsufficientMemoryException;
import io.github.vqvae4j.nn.Block;
import io.github.vqvae4j.tensor.Variable;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Supplier;
import java.util.stream.Collectors;

/**
 * A model's file: safetensors with all parameters and buffers under their hierarchical names, and
 * in its metadata the format's version, the model's name and, as JSON, the settings of each part
 * ({@link PartSettings}).
 */
final class ModelFile {
  /** The models that there are files of. */
  enum Model {
    VQ_VAE("vq-vae", "a VQ-VAE", "VqVae", "quantizer"),
    AUTOENCODER("autoencoder", "an autoencoder", "Autoencoder", "model"),
    VAE("vae", "a VAE", "Vae", "model");

    private final String name;
    private final String words;
    private final String type;
    private final Set<String> parts;

    Model(String name, String words, String type, String part) {
      this.name = name;
      this.words = words;
      this.type = type;
      parts = Set.of("encoder", part, "decoder");
    }
  }

  private static final String FORMAT = "vqvae4j.format";
  private static final String MODEL = "vqvae4j.model";
  private static final String CONFIG = "vqvae4j.config";

  private final Path path;
  private final Model model;
  private final PartSettings settings;
  private final Map<String, NamedArray> arrays;

  private ModelFile(Path path, Model model, SafetensorsFile content) throws BadFileException {
    this.path = path;
    this.model = model;
    int version = Integer.parseInt(content.metadata().get(FORMAT));
    String config = content.metadata().getOrDefault(CONFIG, "");
    settings = new PartSettings(path, "metadata " + CONFIG, version, config, model.parts);
    this.arrays = content.arrays();
  }

  /** Writes a model. */
  static void save(Path path, Model model, ImageModel layer) throws IOException {
    Map<String, NamedArray> arrays = new LinkedHashMap<>();
    for (Map.Entry<String, Variable> entry : layer.variables().entrySet()) {
      float[] values = entry.getValue().toFloats();
      int bad = firstNotFinite(values);
      if (bad >= 0) {
        throw new IllegalStateException(
            model.type
                + ".save: element "
                + bad
                + " of "
                + entry.getKey()
                + " is "
                + values[bad]
                + "; a model that diverged is not saved. Train it anew with a smaller learning"
                + " rate.");
      }
      arrays.put(entry.getKey(), NamedArray.of(values, entry.getValue().shape()));
    }
    Map<String, String> metadata = new LinkedHashMap<>();
    metadata.put(FORMAT, String.valueOf(PartSettings.VERSION));
    metadata.put(MODEL, model.name);
    metadata.put(CONFIG, PartSettings.toJson(layer.settings()).toString());
    Safetensors.write(path, metadata, arrays);
  }

  /** Reads a file of a model of this kind. */
  static ModelFile read(Path path, Model model) throws IOException {
    SafetensorsFile content = Safetensors.read(path);
    String version = content.metadata().get(FORMAT);
    if (version == null || !model.name.equals(content.metadata().get(MODEL))) {
      throw new BadFileException(
          path,
          "metadata",
          "this is a safetensors file, but not "
              + model.words
              + " written by vqvae4j ("
              + FORMAT
              + " is "
              + shown(version)
              + ", "
              + MODEL
              + " is "
              + shown(content.metadata().get(MODEL))
              + "); pass a file that "
              + model.type
              + ".save wrote");
    }
    boolean isNumber = version.matches("[1-9][0-9]{0,8}");
    if (isNumber && Integer.parseInt(version) < PartSettings.FIRST) {
      throw badVersion(
          path,
          "at least " + PartSettings.FIRST,
          version,
          "the file was written by a version of vqvae4j before 0.1.0. Train the model again and"
              + " save it with this version");
    }
    if (!isNumber || Integer.parseInt(version) > PartSettings.VERSION) {
      throw badVersion(
          path,
          "at most " + PartSettings.VERSION,
          version,
          "read it with the version of vqvae4j that wrote it, or a newer one");
    }
    return new ModelFile(path, model, content);
  }

  private static BadFileException badVersion(
      Path path, String expected, String got, String advice) {
    return new BadFileException(
        path,
        "metadata " + FORMAT,
        "expected a format version of " + expected + ", got " + shown(got) + "; " + advice);
  }

  /**
   * The settings of a part.
   *
   * @param type what they must be
   * @throws BadFileException if they are missing, damaged, or the part was its author's own
   */
  <C> C settings(String part, Class<C> type) throws BadFileException {
    return settings.of(part, type, model.type);
  }

  private static String shown(String text) {
    return text == null ? "missing" : MessageText.shown(text);
  }

  /** Some of the names that are among the first but not among the others. */
  private static String firstFew(Set<String> names, Set<String> others) {
    TreeSet<String> only = new TreeSet<>(names);
    only.removeAll(others);
    String few = only.stream().limit(3).map(ModelFile::shown).collect(Collectors.joining(", "));
    return only.size() <= 3 ? "[" + few + "]" : "[" + few + " and " + (only.size() - 3) + " more]";
  }

  /**
   * Builds a model as the settings say and fills it. What it takes memory for is what the file has
   * arrays of: a damaged number cannot ask for more.
   */
  <B extends Block> B build(Supplier<B> builder) throws BadFileException {
    B built;
    try {
      built = Block.withoutValues(arrays.size(), builder);
    } catch (IllegalArgumentException | ArithmeticException e) {
      throw settingsAskFor(
          "what cannot be built from the file's " + arrays.size() + " arrays: " + e.getMessage());
    }
    for (Map.Entry<String, Variable> entry : built.variables().entrySet()) {
      NamedArray array = arrays.get(entry.getKey());
      String wanted = "F32" + Arrays.toString(entry.getValue().shape());
      if (array == null || !wanted.equals(array.toString())) {
        throw settingsAskFor(
            entry.getKey()
                + " of "
                + wanted
                + ", the file has "
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

  private BadFileException settingsAskFor(String what) {
    return new BadFileException(
        path,
        "metadata " + CONFIG,
        "the settings ask for " + what + "; the file is damaged, get it anew");
  }

  /** Checks everything first, so that the model stays as it was if anything is wrong. */
  <B extends Block> B fill(B block) throws BadFileException {
    Map<String, Variable> variables = block.variables();
    if (!variables.keySet().equals(arrays.keySet())) {
      throw new BadFileException(
          path,
          "arrays",
          "the file's arrays are not this model's: missing "
              + firstFew(variables.keySet(), arrays.keySet())
              + ", unknown "
              + firstFew(arrays.keySet(), variables.keySet())
              + "; build the model as it was when it was saved");
    }
    for (Map.Entry<String, Variable> entry : variables.entrySet()) {
      NamedArray array = arrays.get(entry.getKey());
      Variable variable = entry.getValue();
      if (array.type() != NamedArray.Type.F32 || !Arrays.equals(array.shape(), variable.shape())) {
        throw new BadFileException(
            path,
            entry.getKey(),
            "expected F32 "
                + Arrays.toString(variable.shape())
                + ", got "
                + array.type()
                + " "
                + Arrays.toString(array.shape())
                + "; build the model as it was when it was saved");
      }
      float[] values = array.floats();
      int bad = firstNotFinite(values);
      if (bad >= 0) {
        throw new BadFileException(
            path,
            entry.getKey(),
            "element "
                + bad
                + " is "
                + values[bad]
                + ", expected a finite number; the file is"
                + " damaged");
      }
    }
    variables.forEach((name, variable) -> variable.set(arrays.get(name).floats()));
    return block;
  }

  private static int firstNotFinite(float[] values) {
    for (int i = 0; i < values.length; i++) {
      if (!Float.isFinite(values[i])) {
        return i;
      }
    }
    return -1;
  }
}
