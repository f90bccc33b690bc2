package io.github.vqvae4j.model.blocks;

import io.github.vqvae4j.config.Records;

/**
 * The settings that {@link ConvVectorEncoder} and {@link ConvVectorDecoder} have in common.
 *
 * @param <C> the type of the settings
 */
public sealed interface ConvVectorSettings<C extends Record & ConvVectorSettings<C>>
    permits ConvVectorEncoderConfig, ConvVectorDecoderConfig {
  /**
   * Sets the number of channels of the feature map between the convolutions and the linear layer.
   *
   * @param count the number of channels, at least 1
   * @return a copy with the new value
   */
  @SuppressWarnings("unchecked") // C is the type of this record
  default C features(int count) {
    return Records.with((C) this, "features", count);
  }
}
