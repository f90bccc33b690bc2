package io.github.vqvae4j.train.internal;

import io.github.vqvae4j.data.image.ImageBatch;
import io.github.vqvae4j.io.BadFileException;
import io.github.vqvae4j.io.NamedArray;
import io.github.vqvae4j.train.Trainable;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.ServiceLoader;

/**
 * Builds the models of checkpoints. The trainer knows no concrete model, so it finds the
 * implementation by {@link ServiceLoader}.
 */
public interface CheckpointModels {
  /** Returns the implementation; empty if the class path does not name it. */
  static Optional<CheckpointModels> find() {
    ClassLoader loader = CheckpointModels.class.getClassLoader();
    return ServiceLoader.load(CheckpointModels.class, loader).findFirst();
  }

  /**
   * Describes a model.
   *
   * @param model any model
   * @return texts by name from which {@link #build} builds such a model; empty if it cannot
   */
  Map<String, String> describe(Object model);

  /**
   * Builds a model.
   *
   * @param file the file of the checkpoint, for messages
   * @param description what {@link #describe} returned
   * @param arrays the parameters and buffers by name
   * @return a new model with these parameters and buffers
   * @throws BadFileException if the description is not that of a model with such arrays
   */
  Trainable<ImageBatch> build(
      Path file, Map<String, String> description, Map<String, NamedArray> arrays)
      throws BadFileException;
}
