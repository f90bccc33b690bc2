package io.github.vqvae4j.train;

import com.google.gson.JsonObject;
import io.github.vqvae4j.io.BadFileException;
import io.github.vqvae4j.io.NamedArray;
import io.github.vqvae4j.io.RecordJson;
import io.github.vqvae4j.io.StrictJson;
import io.github.vqvae4j.metrics.CodeUsage;
import io.github.vqvae4j.tensor.Variable;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The content of a checkpoint: arrays and records by name. Each part of a run adds its state, and
 * takes it back.
 */
final class SavedState {
  /** The names of records in a file start with this. */
  private static final String RECORD = "vqvae4j.";

  private final Path file;
  private final Map<String, String> metadata;
  private final Map<String, NamedArray> arrays;

  /**
   * Creates a state.
   *
   * @param file the file, for messages
   */
  SavedState(Path file, Map<String, String> metadata, Map<String, NamedArray> arrays) {
    this.file = file;
    this.metadata = metadata;
    this.arrays = arrays;
  }

  static SavedState empty(Path file) {
    return new SavedState(file, new LinkedHashMap<>(), new LinkedHashMap<>());
  }

  Path file() {
    return file;
  }

  Map<String, String> metadata() {
    return metadata;
  }

  Map<String, NamedArray> arrays() {
    return arrays;
  }

  void put(String name, Record value) {
    put(name, RecordJson.toJson(value));
  }

  void put(String name, JsonObject value) {
    metadata.put(RECORD + name, value.toString());
  }

  <R extends Record> R get(String name, Class<R> type) throws BadFileException {
    JsonObject json = json(name);
    try {
      return RecordJson.fromJson(json, type);
    } catch (IllegalArgumentException e) {
      throw bad("metadata " + RECORD + name, e.getMessage(), e);
    }
  }

  JsonObject json(String name) throws BadFileException {
    String text = metadata.get(RECORD + name);
    if (text == null) {
      throw bad("metadata " + RECORD + name, "expected it, got none", null);
    }
    try {
      return StrictJson.parse(text);
    } catch (IllegalArgumentException e) {
      throw bad("metadata " + RECORD + name, e.getMessage(), e);
    }
  }

  void put(String name, NamedArray array) {
    arrays.put(name, array);
  }

  void putAll(String prefix, Map<String, NamedArray> more) {
    more.forEach((name, array) -> arrays.put(prefix + name, array));
  }

  /** Returns the arrays whose names start with a prefix, without it. */
  Map<String, NamedArray> under(String prefix) {
    Map<String, NamedArray> found = new LinkedHashMap<>();
    arrays.forEach(
        (name, array) -> {
          if (name.startsWith(prefix)) {
            found.put(name.substring(prefix.length()), array);
          }
        });
    return found;
  }

  /** Returns an array with the shape of a variable. */
  float[] floats(String name, Variable variable) throws BadFileException {
    return array(name, NamedArray.Type.F32, variable.shape()).floats();
  }

  private NamedArray array(String name, NamedArray.Type type, long... shape)
      throws BadFileException {
    NamedArray array = arrays.get(name);
    String expected = type + Arrays.toString(shape);
    if (array == null || !array.toString().equals(expected)) {
      throw bad(name, "expected " + expected + ", got " + (array == null ? "none" : array), null);
    }
    return array;
  }

  /** Adds the usage of a codebook in several batches. */
  void putUsage(String name, List<CodeUsage> batches, int codebookSize) {
    put(name, UsageArrays.of(batches, codebookSize));
  }

  /** Returns the usage of a codebook in several batches. */
  List<CodeUsage> usage(String name, int batches, int codebookSize) throws BadFileException {
    NamedArray array = array(name, NamedArray.Type.I64, batches, codebookSize);
    try {
      return UsageArrays.batches(array);
    } catch (IllegalArgumentException e) {
      throw bad(name, e.getMessage(), e);
    }
  }

  /** Returns an exception about content that no checkpoint of this version has. */
  BadFileException bad(String location, String problem, Throwable cause) {
    return new BadFileException(
        file, location, problem + "; the checkpoint is corrupt, use another one", cause);
  }
}
