package io.github.vqvae4j.model;

import io.github.vqvae4j.nn.Layer;
import io.github.vqvae4j.random.Rng;
import java.util.Optional;

/**
 * Maps what stands between encoder and decoder, [b, h/r, w/r, D] or [b, D], to [b, h, w, channels]:
 * images centred at 0, or what the {@link Likelihood} of a {@link Vae} makes pixels of. Extend it
 * with what {@link #compute} shall do.
 */
public abstract class Decoder extends Layer {
  /** The settings that a decoder is built from, and saved with. */
  public interface Config {
    /**
     * Builds the decoder.
     *
     * @param dimension D, the channels of its input
     * @param rng where the weights are drawn from
     * @return a new decoder with these settings
     */
    Decoder build(int dimension, Rng rng);
  }

  /** For subclasses. */
  protected Decoder() {}

  /**
   * The settings it was built from, which a model file keeps.
   *
   * @return empty for a decoder of one's own, which a model file cannot build
   */
  public Optional<Config> config() {
    return Optional.empty();
  }

  /**
   * Returns how many pixels it makes of each vector of its input. {@link VqVae#decode} takes so
   * many images at once that their pixels fit into the memory that training needed; nothing else
   * depends on it.
   *
   * @return at least 1; by default 64, as of three doublings
   */
  protected int pixelsPerVector() {
    return 64;
  }
}
