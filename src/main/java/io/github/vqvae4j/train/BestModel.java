package io.github.vqvae4j.train;

import io.github.vqvae4j.io.FileNames;
import io.github.vqvae4j.model.ImageModel;
import io.github.vqvae4j.tensor.NonFinite;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;

/**
 * The files of the model in training: replaced as a whole each time, and only by a model whose
 * weights are finite. One that was about to diverge, whose weights may be of no use any more, does
 * not replace an earlier one but gets a file of its own.
 */
final class BestModel {
  private final ImageModel model;
  private final Path file;
  private final Path beforeDivergence;
  private long written;
  private long diverging;

  /** Nothing is written yet. */
  BestModel(ImageModel model, Path folder) {
    this.model = model;
    file = folder.resolve("model.safetensors");
    beforeDivergence = folder.resolve("before-divergence.safetensors");
  }

  /** Whether every weight of the model is finite. */
  boolean sound() {
    return model.variables().values().stream().allMatch(v -> NonFinite.index(v) < 0);
  }

  /** Writes the model as after a step; one that is not sound replaces nothing. */
  void write(long step) throws IOException {
    if (sound()) {
      model.save(file);
      written = step;
    }
  }

  /** Writes the model as after the last step before one that diverged. */
  void writeBeforeDivergence(long step) throws IOException {
    if (written == 0) {
      write(step);
    } else if (written < step) {
      model.save(beforeDivergence);
      diverging = step;
    }
  }

  /** The file, if the model was written. */
  Optional<Path> file() {
    return written == 0 ? Optional.empty() : Optional.of(file);
  }

  /** What is in the files. */
  String content() {
    String read =
        model.getClass().getSimpleName() + ".load(Path.of(\"" + FileNames.path(file) + "\"))";
    return written == 0
        ? "No model was written."
        : "The model as after step "
            + written
            + " is in "
            + FileNames.path(file)
            + (diverging == 0
                ? ""
                : ", that of step "
                    + diverging
                    + ", the last before the divergence, in "
                    + beforeDivergence.getFileName())
            + "; "
            + read
            + " reads it.";
  }
}
