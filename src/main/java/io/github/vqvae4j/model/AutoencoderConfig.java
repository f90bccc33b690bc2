package io.github.vqvae4j.model;

import io.github.vqvae4j.config.Require;

/**
 * The settings of an {@link Autoencoder} beside those of its parts.
 *
 * @param dimension D, the size of each latent vector, at least 1; by default 32
 */
public record AutoencoderConfig(int dimension) {
  /**
   * Checks the settings.
   *
   * @throws IllegalArgumentException if the dimension is below 1
   */
  public AutoencoderConfig {
    Require.that(dimension >= 1, "AutoencoderConfig.dimension", "at least 1", dimension);
  }
}
