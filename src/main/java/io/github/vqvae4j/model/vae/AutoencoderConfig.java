package io.github.vqvae4j.model.vae;

import io.github.vqvae4j.config.Require;

/**
 * The settings of an {@link Autoencoder} other than those of its encoder and decoder.
 *
 * @param dimension D, the dimension of the latent vectors, at least 1; by default 32
 */
public record AutoencoderConfig(int dimension) {
  /**
   * Validates the settings.
   *
   * @throws IllegalArgumentException if the dimension is below 1
   */
  public AutoencoderConfig {
    Require.that(dimension >= 1, "AutoencoderConfig.dimension", "at least 1", dimension);
  }
}
