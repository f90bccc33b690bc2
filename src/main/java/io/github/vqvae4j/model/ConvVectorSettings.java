package io.github.vqvae4j.model;

import io.github.vqvae4j.config.Records;

/**
 * What the settings of {@link ConvVectorEncoder} and {@link ConvVectorDecoder} share.
 *
 * @param <C> the settings themselves
 */
public sealed interface ConvVectorSettings<C extends Record & ConvVectorSettings<C>>
    permits ConvVectorEncoderConfig, ConvVectorDecoderConfig {
  /**
   * Sets the channels of the map that the vector is made of, or that is made of the vector.
   *
   * @param count at least 1
   * @return these settings with it
   */
  @SuppressWarnings("unchecked") // C is the settings' own type
  default C features(int count) {
    return Records.with((C) this, "features", count);
  }
}
