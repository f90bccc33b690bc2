package io.github.vqvae4j.model;

import io.github.vqvae4j.nn.Layer;
import io.github.vqvae4j.random.Rng;
import java.util.Optional;

/**
 * Maps images [b, h, w, channels], centred at 0, to a map of vectors [b, h/r, w/r, D] or, for
 * models without a quantizer, to one vector each, [b, D]. Extend it with what {@link #compute}
 * shall do; there is no backward pass to write.
 */
public abstract class Encoder extends Layer {
  /** The settings that an encoder is built from, and saved with. */
  public interface Config {
    /**
     * Builds the encoder.
     *
     * @param dimension D, the channels of its result
     * @param rng where the weights are drawn from
     * @return a new encoder with these settings
     */
    Encoder build(int dimension, Rng rng);
  }

  /** For subclasses. */
  protected Encoder() {}

  /**
   * The settings it was built from, which a model file keeps.
   *
   * @return empty for an encoder of one's own, which a model file cannot build
   */
  public Optional<Config> config() {
    return Optional.empty();
  }
}
