package io.github.vqvae4j.model.blocks;

import io.github.vqvae4j.config.Records;

/**
 * The settings that {@link DenseEncoder} and {@link DenseDecoder} have in common.
 *
 * @param <C> the type of the settings
 */
public sealed interface DenseSettings<C extends Record & DenseSettings<C>>
    permits DenseEncoderConfig, DenseDecoderConfig {
  /**
   * Sets the sizes of the hidden layers.
   *
   * @param sizes the sizes in the order of the layers
   * @return a copy with the new value
   */
  @SuppressWarnings("unchecked") // C is the type of this record
  default C hidden(Integer... sizes) {
    return Records.with((C) this, "hidden", sizes);
  }

  /**
   * Removes all hidden layers, which leaves a single linear layer: {@link #hidden(Integer...)}
   * without sizes.
   *
   * @return a copy without hidden layers
   */
  default C linear() {
    return hidden(new Integer[0]);
  }
}
