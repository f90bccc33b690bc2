package io.github.vqvae4j.model.blocks;

import io.github.vqvae4j.config.Records;
import io.github.vqvae4j.nn.Initializer;

/**
 * The settings that {@link StridedEncoder} and {@link StridedDecoder} have in common.
 *
 * @param <C> the type of the settings
 */
public sealed interface StridedSettings<C extends Record & StridedSettings<C>>
    permits StridedEncoderConfig, StridedDecoderConfig {
  /**
   * Sets the number of channels of each strided convolution and thus their number.
   *
   * @param newWidths the channels in the order of the layers, at least one
   * @return a copy with the new value
   */
  default C widths(Integer... newWidths) {
    return with("widths", newWidths);
  }

  /**
   * Sets the initialization of the weights.
   *
   * @param newInitializer the initializer
   * @return a copy with the new value
   */
  default C initializer(Initializer newInitializer) {
    return with("initializer", newInitializer);
  }

  @SuppressWarnings("unchecked") // C is the type of this record
  private C with(String component, Object value) {
    return Records.with((C) this, component, value);
  }
}
