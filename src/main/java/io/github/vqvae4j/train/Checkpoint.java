package io.github.vqvae4j.train;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import io.github.vqvae4j.io.BadFileException;
import io.github.vqvae4j.io.CheckedSafetensors;
import io.github.vqvae4j.io.FileNames;
import io.github.vqvae4j.io.MessageText;
import io.github.vqvae4j.io.RecordJson;
import io.github.vqvae4j.io.SafetensorsFile;
import io.github.vqvae4j.io.StrictJson;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;

/**
 * The file of a checkpoint: a safetensors file with a checksum, whose metadata names the version of
 * the format, the settings of model and run, and the scalars of the {@link RunState}.
 */
final class Checkpoint {
  private static final String FORMAT = "vqvae4j.checkpoint";
  private static final String VERSION = "1";
  private static final String SETTINGS = "settings";
  private static final String MODEL_SETTINGS = "vqvae4j.modelSettings";

  /** Settings that a resumed run may change. */
  private static final Set<String> FREE = Set.of("steps", "maxSeconds", "bestFile");

  /** The part of a description that differs in each process: that of an object or a lambda. */
  private static final Pattern IDENTITY = Pattern.compile("(\\$\\$Lambda)?[^ @]{0,60}@[0-9a-f]+");

  private Checkpoint() {}

  static void write(SavedState state) throws IOException {
    state.metadata().put(FORMAT, VERSION);
    CheckedSafetensors.write(state.file(), state.metadata(), state.arrays());
  }

  /**
   * Reads a file.
   *
   * @throws BadFileException if it is damaged, or not a checkpoint of this version
   */
  static SavedState read(Path file) throws IOException {
    SafetensorsFile content = CheckedSafetensors.read(file);
    String version = content.metadata().get(FORMAT);
    if (!VERSION.equals(version)) {
      throw new BadFileException(
          file,
          "metadata " + FORMAT,
          "expected a checkpoint of version "
              + VERSION
              + ", got "
              + (version == null ? "another file" : "version " + MessageText.excerpt(version))
              + "; resume the run with the version of vqvae4j that wrote it");
    }
    return new SavedState(file, content.metadata(), content.arrays());
  }

  static void putSettings(SavedState state, TrainingSettings settings, Model model) {
    state.put(SETTINGS, settings);
    state.metadata().put(MODEL_SETTINGS, RunJson.model(model).toString());
  }

  /**
   * Checks that a run has the settings of a checkpoint; the number of steps and the time limit may
   * differ.
   *
   * @throws IllegalStateException if a setting differs, or the checkpoint has more steps
   * @throws BadFileException if the checkpoint has no settings
   */
  static void checkSettings(SavedState state, TrainingSettings settings, Model model)
      throws BadFileException {
    TrainingSettings saved = state.get(SETTINGS, TrainingSettings.class);
    List<String> differences = new ArrayList<>();
    JsonObject expected = RecordJson.toJson(saved);
    JsonObject actual = RecordJson.toJson(settings);
    FREE.forEach(
        name -> {
          expected.remove(name);
          actual.remove(name);
        });
    compare("", expected, actual, differences);
    compare("model", modelSettings(state), RunJson.model(model), differences);
    if (!differences.isEmpty()) {
      throw new IllegalStateException(
          "Trainer.resume: expected the settings of "
              + FileNames.path(state.file())
              + ", got others: "
              + String.join("; ", differences)
              + ". Set the values of the checkpoint, or start a new run.");
    }
    long step = RunHistory.step(state);
    if (settings.steps() < step) {
      throw new IllegalStateException(
          "Trainer.resume: expected at least "
              + step
              + " steps, those of "
              + FileNames.path(state.file())
              + ", got "
              + settings.steps()
              + ". Call steps(..) with the number of all steps.");
    }
  }

  private static JsonObject modelSettings(SavedState state) throws BadFileException {
    try {
      return StrictJson.parse(state.metadata().getOrDefault(MODEL_SETTINGS, ""));
    } catch (IllegalArgumentException e) {
      throw state.bad("metadata " + MODEL_SETTINGS, e.getMessage(), e);
    }
  }

  private static void compare(
      String path, JsonElement expected, JsonElement actual, List<String> differences) {
    if (expected instanceof JsonObject one && actual instanceof JsonObject two) {
      Set<String> names = new TreeSet<>(one.keySet());
      names.addAll(two.keySet());
      for (String name : names) {
        compare(
            path.isEmpty() ? name : path + "." + name, one.get(name), two.get(name), differences);
      }
    } else if (expected instanceof JsonArray one
        && actual instanceof JsonArray two
        && one.size() == two.size()) {
      for (int i = 0; i < one.size(); i++) {
        compare(path + "[" + i + "]", one.get(i), two.get(i), differences);
      }
    } else if (!text(expected).equals(text(actual))) {
      differences.add(path + " is " + text(actual) + " instead of " + text(expected));
    }
  }

  private static String text(JsonElement value) {
    return value == null ? "missing" : IDENTITY.matcher(value.toString()).replaceAll("$1");
  }
}
