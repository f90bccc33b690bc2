package io.github.vqvae4j.train;

import io.github.vqvae4j.io.FileNames;
import io.github.vqvae4j.tensor.NonFinite;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/**
 * The files of a model in training. A file is replaced atomically, and only if all weights are
 * finite. After a divergence the last weights may already be unusable, so they are saved to a
 * separate file instead of replacing the earlier ones.
 */
final class SavedModel {
  private final Model model;
  private final Path file;
  private final Path beforeDivergence;
  private long savedStep;
  private long stepBeforeDivergence;

  /** Describes the files in a folder, without writing any. */
  SavedModel(Model model, Path folder) {
    this.model = model;
    file = folder.resolve("model.safetensors");
    beforeDivergence = folder.resolve("before-divergence.safetensors");
  }

  /** Continues a run whose model may have been saved, after a step. */
  void continueAfter(long step) {
    savedStep = Files.exists(file) ? step : 0;
  }

  /** Returns whether all weights of the model are finite. */
  boolean isFinite() {
    return model.variables().values().stream().allMatch(v -> NonFinite.index(v) < 0);
  }

  /** Saves the model after the given step, unless a weight is not finite. */
  void save(long step) throws IOException {
    if (isFinite()) {
      model.save(file);
      savedStep = step;
    }
  }

  /** Saves the model after the given step, which is the last one before a divergence. */
  void saveBeforeDivergence(long step) throws IOException {
    if (savedStep == 0) {
      save(step);
    } else if (savedStep < step) {
      model.save(beforeDivergence);
      stepBeforeDivergence = step;
    }
  }

  /** Returns the file of the model, or empty if it has not been saved. */
  Optional<Path> file() {
    return savedStep == 0 ? Optional.empty() : Optional.of(file);
  }

  /** Describes the files for messages. */
  String description() {
    if (savedStep == 0) {
      return "No model was saved.";
    }
    return "The model after step "
        + savedStep
        + " is saved in "
        + FileNames.path(file)
        + (stepBeforeDivergence == 0
            ? ""
            : "; the one after step "
                + stepBeforeDivergence
                + ", the last step before the divergence, in "
                + beforeDivergence.getFileName())
        + ". Load it with "
        + (hasLoad()
            ? BlockModel.original(model).getClass().getSimpleName() + ".load"
            : "loadWeights")
        + "(Path.of(\""
        + FileNames.path(file)
        + "\")"
        + prefix()
        + ").";
  }

  /** Returns the argument that selects the first block of a model that consists of objectives. */
  private String prefix() {
    return model instanceof CombinedObjectives<?> combined
        ? ", \"" + combined.objectives().get(0).firstBlock() + "\""
        : "";
  }

  /** Returns whether the class of the model has a static method that loads it. */
  private boolean hasLoad() {
    try {
      BlockModel.original(model).getClass().getMethod("load", Path.class);
      return true;
    } catch (NoSuchMethodException e) {
      return false;
    }
  }
}
