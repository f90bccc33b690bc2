package io.github.vqvae4j.model.internal;

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
import java.util.function.Function;

/**
 * The files of a kind of blocks that one record of settings builds: safetensors files with all
 * parameters and buffers and, as metadata, the kind, the version of the settings, and the settings
 * as JSON.
 *
 * @param type the simple name of the block's class, for messages
 * @param key the metadata key of the kind, such as {@code vqvae4j.prior}; those of version and
 *     settings end in {@code Version} and {@code Config}
 * @param kind the kind
 * @param settings the type of the settings
 * @param build builds a block
 * @param <C> the type of the settings
 * @param <B> the type of the blocks
 */
public record BlockFile<C extends Record, B extends Block>(
    String type, String key, String kind, Class<C> settings, Function<C, B> build) {
  private static final String CORRUPT = "; the file is corrupt, replace it with an intact copy";

  private String versionKey() {
    return key + "Version";
  }

  private String configKey() {
    return key + "Config";
  }

  /**
   * Writes a block to a file.
   *
   * @param more further metadata
   * @throws IllegalStateException if a parameter or buffer is NaN or infinite
   */
  public void save(Path file, C config, B block, Map<String, String> more) throws IOException {
    Map<String, String> metadata = new LinkedHashMap<>();
    metadata.put(key, kind);
    metadata.put(versionKey(), String.valueOf(RecordJson.version(settings)));
    metadata.put(configKey(), RecordJson.toJson(config).toString());
    metadata.putAll(more);
    Safetensors.write(file, metadata, WeightsFile.arrays(type + ".save", block.variables()));
  }

  /**
   * Returns a new block. Memory is only allocated for arrays that the file contains.
   *
   * @param file the name of the file, for messages
   * @throws BadFileException if the content is not that of such a block
   */
  public B load(Path file, SafetensorsFile content) throws BadFileException {
    C config = config(file, content.metadata());
    Map<String, NamedArray> arrays = content.arrays();
    B block;
    try {
      block = Block.withoutValues(arrays.size(), () -> build.apply(config));
    } catch (IllegalArgumentException | ArithmeticException e) {
      throw new BadFileException(
          file,
          "metadata " + configKey(),
          "the settings require a "
              + type
              + " that does not match the file's "
              + arrays.size()
              + " arrays: "
              + e.getMessage()
              + CORRUPT,
          e);
    }
    try {
      WeightsFile.fill(file, block.variables(), arrays);
    } catch (BadFileException | InsufficientMemoryException e) {
      block.close();
      throw e;
    }
    return block;
  }

  private C config(Path file, Map<String, String> metadata) throws BadFileException {
    String got = metadata.get(key);
    if (!kind.equals(got)) {
      throw new BadFileException(
          file,
          "metadata " + key,
          "expected "
              + kind
              + ", got "
              + shown(got)
              + "; pass a file written by "
              + type
              + ".save");
    }
    int latest = RecordJson.version(settings);
    String version = metadata.get(versionKey());
    if (version == null || !version.matches("[1-9][0-9]{0,8}")) {
      throw new BadFileException(
          file, "metadata " + versionKey(), "expected a number, got " + shown(version) + CORRUPT);
    }
    int number = Integer.parseInt(version);
    if (number > latest) {
      throw new BadFileException(
          file,
          "metadata " + versionKey(),
          "expected a version of at most "
              + latest
              + ", got "
              + number
              + "; read it with the version of vqvae4j that wrote it, or a newer one");
    }
    try {
      return RecordJson.fromJson(
          StrictJson.parse(metadata.getOrDefault(configKey(), "")), settings, number);
    } catch (IllegalArgumentException e) {
      throw new BadFileException(file, "metadata " + configKey(), e.getMessage() + CORRUPT, e);
    }
  }

  private static String shown(String text) {
    return text == null ? "nothing" : MessageText.excerpt(text);
  }
}
