package io.github.vqvae4j.model;

import io.github.vqvae4j.config.Records;

/**
 * What the settings of {@link DenseEncoder} and {@link DenseDecoder} share.
 *
 * @param <C> the settings themselves
 */
public sealed interface DenseSettings<C extends Record & DenseSettings<C>>
    permits DenseEncoderConfig, DenseDecoderConfig {
  /**
   * Sets the sizes in between.
   *
   * @param sizes in the order of the layers
   * @return these settings with them
   */
  @SuppressWarnings("unchecked") // C is the settings' own type
  default C hidden(Integer... sizes) {
    return Records.with((C) this, "hidden", sizes);
  }

  /**
   * Leaves out what is in between: {@link #hidden(Integer...)} of no sizes.
   *
   * @return these settings for one linear map
   */
  default C linear() {
    return hidden(new Integer[0]);
  }
}
