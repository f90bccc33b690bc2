package io.github.vqvae4j.model;

import com.google.gson.JsonObject;
import com.google.gson.JsonParseException;
import com.google.gson.JsonParser;
import io.github.vqvae4j.io.BadFileException;
import io.github.vqvae4j.io.NamedArray;
import io.github.vqvae4j.io.RecordJson;
import io.github.vqvae4j.io.Safetensors;
import io.github.vqvae4j.io.SafetensorsFile;
import io.github.vqvae4j.nn.ResidualConfig;
import io.github.vqvae4j.quantize.Quantizer;
import io.github.vqvae4j.quantize.VectorQuantizerConfig;
import io.github.vqvae4j.tensor.Variable;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;

/**
 * The model file: safetensors with all parameters and buffers under their hierarchical names, and
 * in its metadata the format's version and, as JSON, the settings of each part beside its kind.
 *
 * <p>A kind is a name from the tables below, never a class: nothing in a file decides which code
 * runs. Parts of one's own are written as {@link #OWN}, and such a file needs an instance to be
 * loaded into.
 */
final class VqVaeFile {
  private static final String FORMAT = "vqvae4j.format";
  private static final String VERSION = "2";
  private static final String MODEL = "vqvae4j.model";
  private static final String VQ_VAE = "vq-vae";
  private static final String CONFIG = "vqvae4j.config";
  private static final String KIND = "kind";
  private static final String OWN = "own";

  private static final Map<String, Class<? extends Record>> KINDS =
      Map.of(
          "conv-encoder", ConvEncoderConfig.class,
          "conv-decoder", ConvDecoderConfig.class,
          "strided-encoder", StridedEncoderConfig.class,
          "strided-decoder", StridedDecoderConfig.class,
          "vector-quantizer", VectorQuantizerConfig.class);

  private VqVaeFile() {}

  static void save(VqVae model, Path file) throws IOException {
    JsonObject config = new JsonObject();
    config.add("encoder", part(model.encoder().config()));
    config.add("quantizer", part(model.quantizer().config()));
    config.add("decoder", part(model.decoder().config()));
    Map<String, NamedArray> arrays = new LinkedHashMap<>();
    for (Map.Entry<String, Variable> entry : model.variables().entrySet()) {
      float[] values = entry.getValue().toFloats();
      int bad = firstNotFinite(values);
      if (bad >= 0) {
        throw new IllegalStateException(
            "VqVae.save: element "
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
    metadata.put(FORMAT, VERSION);
    metadata.put(MODEL, VQ_VAE);
    metadata.put(CONFIG, config.toString());
    Safetensors.write(file, metadata, arrays);
  }

  private static JsonObject part(Optional<?> settings) {
    JsonObject part = new JsonObject();
    for (Map.Entry<String, Class<? extends Record>> kind : KINDS.entrySet()) {
      if (settings.isPresent() && settings.get().getClass() == kind.getValue()) {
        part.addProperty(KIND, kind.getKey());
        part.add("settings", RecordJson.toJson((Record) settings.get()));
        return part;
      }
    }
    part.addProperty(KIND, OWN);
    return part;
  }

  static VqVae load(Path file) throws IOException {
    SafetensorsFile content = read(file);
    JsonObject config = config(file, content);
    Encoder.Config encoder = settings(file, config, "encoder", Encoder.Config.class);
    Quantizer.Config quantizer = settings(file, config, "quantizer", Quantizer.Config.class);
    Decoder.Config decoder = settings(file, config, "decoder", Decoder.Config.class);
    checkSizes(file, content, encoder, quantizer, decoder);
    VqVaeBuilder builder = VqVae.builder().encoder(encoder).quantizer(quantizer).decoder(decoder);
    VqVae model = builder.build();
    try {
      fill(file, content, model);
    } catch (BadFileException e) {
      model.close();
      throw e;
    }
    return model;
  }

  /**
   * Compares the settings that decide how large a model is with the file's arrays before one is
   * built, so that a damaged number cannot ask for more memory than there is.
   */
  private static void checkSizes(
      Path file,
      SafetensorsFile content,
      Encoder.Config encoder,
      Quantizer.Config quantizer,
      Decoder.Config decoder)
      throws BadFileException {
    if (encoder instanceof ConvEncoderConfig c) {
      checkSize(file, content, "encoder.project.weight", 2, c.hidden());
      checkResidual(file, content, "encoder", c.residual());
    }
    if (encoder instanceof StridedEncoderConfig c) {
      for (int i = 0; i < c.widths().size(); i++) {
        checkSize(file, content, "encoder.down." + i + ".weight", 3, c.widths().get(i));
      }
    }
    if (decoder instanceof ConvDecoderConfig c) {
      checkSize(file, content, "decoder.mix.weight", 3, c.hidden());
      checkResidual(file, content, "decoder", c.residual());
      int last = c.upsample() - 1;
      if (c.doubling() == ConvDecoderConfig.Doubling.TRANSPOSED && last >= 0) {
        checkSize(file, content, "decoder.up." + last + ".weight", 2, c.channels());
      }
    }
    if (decoder instanceof StridedDecoderConfig c) {
      for (int i = 0; i < c.widths().size(); i++) {
        checkSize(file, content, "decoder.up." + i + ".weight", 2, c.widths().get(i));
      }
      checkSize(file, content, "decoder.last.weight", 3, c.channels());
    }
    if (quantizer instanceof VectorQuantizerConfig c) {
      checkSize(file, content, "quantizer.codebook", 0, c.codebookSize());
      checkSize(file, content, "quantizer.codebook", 1, c.dimension());
    }
  }

  private static void checkResidual(
      Path file, SafetensorsFile content, String part, ResidualConfig residual)
      throws BadFileException {
    if (residual.blocks() > 0) {
      String last = part + ".residual." + (residual.blocks() - 1) + ".conv.weight";
      checkSize(file, content, last, 3, residual.hidden());
    }
  }

  private static void checkSize(
      Path file, SafetensorsFile content, String name, int axis, long expected)
      throws BadFileException {
    NamedArray array = content.arrays().get(name);
    if (array == null || array.shape().length <= axis || array.shape()[axis] != expected) {
      throw new BadFileException(
          file,
          "metadata " + CONFIG,
          "the settings ask for "
              + expected
              + " along axis "
              + axis
              + " of "
              + name
              + ", the file has "
              + (array == null ? "no such array" : array)
              + "; the file is damaged");
    }
  }

  static VqVae load(Path file, VqVae into) throws IOException {
    fill(file, read(file), into);
    return into;
  }

  private static SafetensorsFile read(Path file) throws IOException {
    SafetensorsFile content = Safetensors.read(file);
    String version = content.metadata().get(FORMAT);
    if (version == null || !VQ_VAE.equals(content.metadata().get(MODEL))) {
      throw new BadFileException(
          file,
          "metadata",
          "this is a safetensors file, but not a VQ-VAE written by vqvae4j ("
              + FORMAT
              + " is "
              + version
              + ", "
              + MODEL
              + " is "
              + content.metadata().get(MODEL)
              + "); pass a file that VqVae.save wrote");
    }
    if (!version.equals(VERSION)) {
      throw new BadFileException(
          file,
          "metadata " + FORMAT,
          "expected format version "
              + VERSION
              + ", got "
              + version
              + "; read it with the version of vqvae4j that wrote it, or a newer one");
    }
    return content;
  }

  private static JsonObject config(Path file, SafetensorsFile content) throws BadFileException {
    try {
      return JsonParser.parseString(content.metadata().getOrDefault(CONFIG, "")).getAsJsonObject();
    } catch (JsonParseException | IllegalStateException e) {
      throw new BadFileException(
          file, "metadata " + CONFIG, "expected a JSON object; the file is damaged", e);
    }
  }

  private static <C> C settings(Path file, JsonObject config, String part, Class<C> type)
      throws BadFileException {
    String place = "metadata " + CONFIG + ", " + part;
    try {
      JsonObject json = config.getAsJsonObject(part);
      String kind = json.get(KIND).getAsString();
      if (kind.equals(OWN)) {
        throw new BadFileException(
            file,
            place,
            "the model was saved with a part of its author's own, which a file cannot bring; build"
                + " the same model and use VqVae.load(file, model)");
      }
      Class<? extends Record> record = KINDS.get(kind);
      if (record == null || !type.isAssignableFrom(record)) {
        throw new BadFileException(
            file,
            place,
            "unknown kind \"" + kind + "\", expected one of " + new TreeSet<>(KINDS.keySet()));
      }
      return type.cast(RecordJson.fromJson(json.getAsJsonObject("settings"), record));
    } catch (IllegalArgumentException
        | IllegalStateException
        | ClassCastException
        | UnsupportedOperationException
        | NullPointerException e) {
      throw new BadFileException(file, place, "damaged settings: " + e.getMessage(), e);
    }
  }

  /** Some of the names that are among the first but not among the others. */
  private static String firstFew(Set<String> names, Set<String> others) {
    TreeSet<String> only = new TreeSet<>(names);
    only.removeAll(others);
    String few = only.stream().limit(3).collect(Collectors.joining(", "));
    return only.size() <= 3 ? "[" + few + "]" : "[" + few + " and " + (only.size() - 3) + " more]";
  }

  /** Checks everything first, so that the model stays as it was if anything is wrong. */
  private static void fill(Path file, SafetensorsFile content, VqVae model)
      throws BadFileException {
    Map<String, Variable> variables = model.variables();
    Map<String, NamedArray> arrays = content.arrays();
    if (!variables.keySet().equals(arrays.keySet())) {
      throw new BadFileException(
          file,
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
            file,
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
            file,
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
