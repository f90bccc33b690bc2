package io.github.vqvae4j.model;

import io.github.vqvae4j.config.Records;
import io.github.vqvae4j.nn.Initializer;

/**
 * What the settings of {@link StridedEncoder} and {@link StridedDecoder} share.
 *
 * @param <C> the settings themselves
 */
public sealed interface StridedSettings<C extends Record & StridedSettings<C>>
    permits StridedEncoderConfig, StridedDecoderConfig {
  /**
   * Sets the channels after each halving or doubling of the size, and so how many there are.
   *
   * @param newWidths in the order of the layers, at least one
   * @return these settings with them
   */
  default C widths(Integer... newWidths) {
    return with("widths", newWidths);
  }

  /**
   * Sets how the weights start.
   *
   * @param newInitializer how
   * @return these settings with it
   */
  default C initializer(Initializer newInitializer) {
    return with("initializer", newInitializer);
  }

  @SuppressWarnings("unchecked") // C is the settings' own type
  private C with(String component, Object value) {
    return Records.with((C) this, component, value);
  }
}
