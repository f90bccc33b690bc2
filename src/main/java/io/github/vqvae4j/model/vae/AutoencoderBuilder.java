package io.github.vqvae4j.model.vae;

import io.github.vqvae4j.model.ModelBuilder;
import io.github.vqvae4j.random.Rng;

/** Builds an {@link Autoencoder} from an encoder, a decoder and the dimension of its latents. */
public final class AutoencoderBuilder extends ModelBuilder<AutoencoderBuilder> {
  private AutoencoderConfig config = new AutoencoderConfig(32);

  AutoencoderBuilder() {}

  @Override
  protected AutoencoderBuilder self() {
    return this;
  }

  /**
   * Sets the dimension of the latent vectors; by default 32.
   *
   * @param size D, at least 1
   * @return this builder
   */
  public AutoencoderBuilder dimension(int size) {
    config = new AutoencoderConfig(size);
    return this;
  }

  /**
   * Builds the model.
   *
   * @return a new, untrained model
   * @throws IllegalStateException if the encoder or the decoder is missing
   */
  public Autoencoder build() {
    checkComplete("Autoencoder", "an encoder and a decoder", "");
    Rng rng = rng();
    int dimension = config.dimension();
    return complete(
        new Autoencoder(config, buildEncoder(dimension, rng), buildDecoder(dimension, rng)));
  }
}
