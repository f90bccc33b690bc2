package io.github.vqvae4j.train;

import io.github.vqvae4j.nn.Block;
import io.github.vqvae4j.nn.WeightsFile;
import io.github.vqvae4j.tensor.Variable;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;

/**
 * The state that training changes: parameters and buffers by name, and how they are saved. A {@link
 * Block} implements {@link #variables()}.
 */
public interface Model {
  /**
   * Returns all parameters and buffers.
   *
   * @return the variables by hierarchical name
   */
  Map<String, Variable> variables();

  /**
   * Saves the model. By default, writes the parameters and buffers, which {@link
   * Block#loadWeights(Path)} reads.
   *
   * @param file a safetensors file; an existing file is replaced only after the new one is complete
   * @throws IOException if the file cannot be written
   */
  default void save(Path file) throws IOException {
    WeightsFile.save(variables(), file);
  }

  /**
   * Returns the settings of the model and its components, which a run folder records.
   *
   * @return the settings by component name; those of the model itself, if any, are under {@code
   *     model}; empty for a custom component
   */
  default Map<String, Optional<?>> settings() {
    return Map.of();
  }
}
