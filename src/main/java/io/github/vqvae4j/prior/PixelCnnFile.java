package io.github.vqvae4j.prior;

import io.github.vqvae4j.io.BadFileException;
import io.github.vqvae4j.io.MessageText;
import io.github.vqvae4j.io.NamedArray;
import io.github.vqvae4j.io.RecordJson;
import io.github.vqvae4j.io.Safetensors;
import io.github.vqvae4j.io.SafetensorsFile;
import io.github.vqvae4j.io.StrictJson;
import io.github.vqvae4j.memory.InsufficientMemoryException;
import io.github.vqvae4j.nn.Block;
import io.github.vqvae4j.nn.WeightsFile;
import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Reads and writes priors: safetensors files with all parameters and, as metadata, the kind of the
 * prior, the version of its settings, and the settings as JSON.
 */
final class PixelCnnFile {
  private static final String PRIOR = "vqvae4j.prior";
  private static final String VERSION = "vqvae4j.priorVersion";
  private static final String CONFIG = "vqvae4j.priorConfig";
  private static final String KIND = "pixel-cnn";
  private static final String CORRUPT = "; the file is corrupt, replace it with an intact copy";

  private PixelCnnFile() {}

  static void save(Path file, PixelCnn prior) throws IOException {
    Map<String, String> metadata = new LinkedHashMap<>();
    metadata.put(PRIOR, KIND);
    metadata.put(VERSION, String.valueOf(RecordJson.version(PixelCnnConfig.class)));
    metadata.put(CONFIG, RecordJson.toJson(prior.config()).toString());
    Map<String, NamedArray> arrays = WeightsFile.arrays("PixelCnn.save", prior.variables());
    Safetensors.write(file, metadata, arrays);
  }

  /** Returns a new prior. Memory is only allocated for arrays that the file contains. */
  static PixelCnn load(Path file) throws IOException {
    SafetensorsFile content = Safetensors.read(file);
    PixelCnnConfig config = config(file, content.metadata());
    Map<String, NamedArray> arrays = content.arrays();
    PixelCnn prior;
    try {
      prior = Block.withoutValues(arrays.size(), config::build);
    } catch (IllegalArgumentException | ArithmeticException e) {
      throw new BadFileException(
          file,
          "metadata " + CONFIG,
          "the settings require a prior that does not match the file's "
              + arrays.size()
              + " arrays: "
              + e.getMessage()
              + CORRUPT,
          e);
    }
    try {
      WeightsFile.fill(file, prior.variables(), arrays);
    } catch (BadFileException | InsufficientMemoryException e) {
      prior.close();
      throw e;
    }
    return prior;
  }

  private static PixelCnnConfig config(Path file, Map<String, String> metadata)
      throws BadFileException {
    String kind = metadata.get(PRIOR);
    if (!KIND.equals(kind)) {
      throw new BadFileException(
          file,
          "metadata " + PRIOR,
          "expected " + KIND + ", got " + shown(kind) + "; pass a file written by PixelCnn.save");
    }
    int latest = RecordJson.version(PixelCnnConfig.class);
    String version = metadata.get(VERSION);
    if (version == null || !version.matches("[1-9][0-9]{0,8}")) {
      throw new BadFileException(
          file, "metadata " + VERSION, "expected a number, got " + shown(version) + CORRUPT);
    }
    int number = Integer.parseInt(version);
    if (number > latest) {
      throw new BadFileException(
          file,
          "metadata " + VERSION,
          "expected a version of at most "
              + latest
              + ", got "
              + number
              + "; read it with the version of vqvae4j that wrote it, or a newer one");
    }
    try {
      return RecordJson.fromJson(
          StrictJson.parse(metadata.getOrDefault(CONFIG, "")), PixelCnnConfig.class, number);
    } catch (IllegalArgumentException e) {
      throw new BadFileException(file, "metadata " + CONFIG, e.getMessage() + CORRUPT, e);
    }
  }

  private static String shown(String text) {
    return text == null ? "nothing" : MessageText.excerpt(text);
  }
}
