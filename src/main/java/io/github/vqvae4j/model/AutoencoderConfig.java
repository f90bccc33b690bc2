package io.github.vqvae4j.model;

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
    if (dimension < 1) {
      throw new IllegalArgumentException(
          "Autoencoder: expected a dimension of at least 1, got " + dimension + ".");
    }
  }
}
