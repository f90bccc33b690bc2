package io.github.vqvae4j.train;

import io.github.vqvae4j.model.ImageModel;
import io.github.vqvae4j.tensor.NonFinite;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;

/**
 * The file of the model in training: replaced as a whole each time, and only by a model whose
 * weights are finite.
 */
final class ModelKeeper {
  private final ImageModel model;
  private final Path file;
  private long written;

  /** Nothing is written yet. */
  ModelKeeper(ImageModel model, Path file) {
    this.model = model;
    this.file = file;
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

  /** The file, if the model was written. */
  Optional<Path> file() {
    return written == 0 ? Optional.empty() : Optional.of(file);
  }

  /** What is in the file. */
  String content() {
    String read = model.getClass().getSimpleName() + ".load(Path.of(\"" + file + "\"))";
    return written == 0
        ? "No model was written."
        : "The model as after step " + written + " is in " + file + "; " + read + " reads it.";
  }
}
