package io.github.vqvae4j.train;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import io.github.vqvae4j.data.image.ImageBatch;
import io.github.vqvae4j.io.BadFileException;
import io.github.vqvae4j.io.CheckedSafetensors;
import io.github.vqvae4j.io.FileNames;
import io.github.vqvae4j.io.MessageText;
import io.github.vqvae4j.io.SafetensorsFile;
import io.github.vqvae4j.train.internal.CheckpointModels;
import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

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

  /** Returns the settings of the model of a checkpoint. */
  static JsonObject modelSettings(SavedState state) throws BadFileException {
    return state.json(MODEL_SETTINGS);
  }

  /** Returns what a message calls the model of a checkpoint. */
  private static String type(SavedState state) throws BadFileException {
    JsonElement type = modelSettings(state).get("type");
    return type == null ? "several objectives" : type.toString();
  }
}
