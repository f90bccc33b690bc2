package io.github.vqvae4j.model.internal;

import io.github.vqvae4j.io.BadFileException;
import io.github.vqvae4j.io.NamedArray;
import io.github.vqvae4j.model.ImageModel;
import io.github.vqvae4j.train.internal.CheckpointModels;
import java.nio.file.Path;
import java.util.Map;

/** Image models in checkpoints: described like in their files. */
public final class ImageModelCheckpoints implements CheckpointModels {
  /** Constructor for {@link java.util.ServiceLoader}. */
  public ImageModelCheckpoints() {}

  @Override
  public Map<String, String> describe(Object model) {
    return model instanceof ImageModel image ? ModelFile.description(image) : Map.of();
  }

  @Override
  public ImageModel build(
      Path file, Map<String, String> description, Map<String, NamedArray> arrays)
      throws BadFileException {
    return ModelFile.build(file, description, arrays);
  }
}
