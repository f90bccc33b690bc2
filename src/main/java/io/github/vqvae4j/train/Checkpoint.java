package io.github.vqvae4j.train;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonPrimitive;
import io.github.vqvae4j.data.image.ImageBatch;
import io.github.vqvae4j.io.BadFileException;
import io.github.vqvae4j.io.CheckedSafetensors;
import io.github.vqvae4j.io.FileNames;
import io.github.vqvae4j.io.MessageText;
import io.github.vqvae4j.io.RecordJson;
import io.github.vqvae4j.io.SafetensorsFile;
import io.github.vqvae4j.train.internal.CheckpointModels;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
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
  private static final String MODEL_SETTINGS = "modelSettings";

  /** Under this, a checkpoint has what a file of the model contains. */
  static final String MODEL = "model/";

  private static final Optional<CheckpointModels> MODELS = CheckpointModels.find();

  /** Settings that a resumed run may change. */
  private static final Set<String> FREE = Set.of("steps", "maxSeconds", "bestFile");

  /** The part of a description that differs in each process: that of an object or a lambda. */
  private static final Pattern IDENTITY =
      Pattern.compile("(?<=[\\w.$])(\\$\\$Lambda[\\w/$]*)?@[0-9a-f]{1,8}(?![\\w/.@-])");

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

  /** Adds the settings of a run, and the description of the model. */
  static void putSettings(SavedState state, TrainingSettings settings, Model model) {
    state.put(SETTINGS, settings);
    state.put(MODEL_SETTINGS, RunJson.model(model));
    MODELS.ifPresent(
        models ->
            models
                .describe(model)
                .forEach((name, text) -> state.metadata().put(MODEL + name, text)));
  }

  /** Returns the settings of the run that wrote a checkpoint. */
  static TrainingSettings settings(SavedState state) throws BadFileException {
    TrainingSettings settings = state.get(SETTINGS, TrainingSettings.class);
    if (settings.batch() < 1
        || settings.workers() < 1
        || settings.accumulate() < 1
        || settings.steps() < 1
        || !(settings.maxSeconds() >= 0 && settings.maxSeconds() < Double.POSITIVE_INFINITY)
        || !(settings.averageDecay() >= 0 && settings.averageDecay() < 1)
        || settings.evaluateEvery() < 0
        || settings.patience() < 0) {
      throw state.bad("metadata " + SETTINGS, "expected settings of a run, got " + settings, null);
    }
    return settings;
  }

  /**
   * Builds the model of a checkpoint.
   *
   * @throws IllegalStateException if it cannot be built from its description
   * @throws BadFileException if the description is not that of a model
   */
  static Trainable<ImageBatch> model(SavedState state) throws BadFileException {
    CheckpointModels models =
        MODELS.orElseThrow(
            () ->
                new IllegalStateException(
                    "Trainer.resume: the class path has no META-INF/services/"
                        + CheckpointModels.class.getName()
                        + " of vqvae4j. If several jars were combined into one, merge their service"
                        + " files; the shade plugin does so with its ServicesResourceTransformer."));
    Map<String, String> description = new LinkedHashMap<>();
    state
        .metadata()
        .forEach(
            (name, text) -> {
              if (name.startsWith(MODEL)) {
                description.put(name.substring(MODEL.length()), text);
              }
            });
    if (description.isEmpty()) {
      throw new IllegalStateException(
          "Trainer.resume: expected a checkpoint of an image model whose parts are registered, got "
              + FileNames.path(state.file())
              + " of "
              + type(state)
              + ", which cannot be built from a file, or has a custom loss or objectives. Build the"
              + " model as for the first run, and pass it: Trainer.resume(path, model).");
    }
    return models.build(state.file(), description, state.under(MODEL));
  }

  /** Returns what a message calls the model of a checkpoint. */
  private static String type(SavedState state) throws BadFileException {
    JsonElement type = state.json(MODEL_SETTINGS).get("type");
    return type == null ? "several objectives" : type.toString();
  }

  /**
   * Checks that a run has the settings of a checkpoint; the number of steps, the time limit and the
   * settings of an optimizer of the same kind may differ.
   *
   * @return the differences of optimizers
   * @throws IllegalStateException if another setting differs, or the checkpoint has more steps
   * @throws BadFileException if the checkpoint has no settings
   */
  static List<String> checkSettings(SavedState state, TrainingSettings settings, Model model)
      throws BadFileException {
    TrainingSettings saved = settings(state);
    List<String> differences = new ArrayList<>();
    JsonObject expected = RecordJson.toJson(saved);
    JsonObject actual = RecordJson.toJson(settings);
    FREE.forEach(
        name -> {
          expected.remove(name);
          actual.remove(name);
        });
    compare("", expected, actual, differences);
    List<String> ofOptimizers = optimizers(saved, settings);
    differences.removeAll(ofOptimizers);
    compare("model", state.json(MODEL_SETTINGS), RunJson.model(model), differences);
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
    return ofOptimizers;
  }

  /** Returns the differences between optimizers of the same kind, as {@link #compare} does. */
  private static List<String> optimizers(TrainingSettings saved, TrainingSettings settings) {
    List<String> differences = new ArrayList<>();
    int count = Math.min(saved.objectives().size(), settings.objectives().size());
    for (int i = 0; i < count; i++) {
      String expected = saved.objectives().get(i).optimizer();
      String actual = settings.objectives().get(i).optimizer();
      if (kind(expected).equals(kind(actual))) {
        compare(
            "objectives[" + i + "].optimizer",
            new JsonPrimitive(expected),
            new JsonPrimitive(actual),
            differences);
      }
    }
    return differences;
  }

  /** Returns the name at the start of a description. */
  private static String kind(String optimizer) {
    return optimizer.split("[^\\w.$]", 2)[0];
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
    return value == null ? "missing" : IDENTITY.matcher(value.toString()).replaceAll("");
  }
}
