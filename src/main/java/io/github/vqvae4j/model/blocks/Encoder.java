package io.github.vqvae4j.model.blocks;

import io.github.vqvae4j.nn.Layer;
import io.github.vqvae4j.random.Rng;
import java.util.Optional;

/**
 * The base class of encoders: layers that map images [b, h, w, channels], centered at 0, to a map
 * of latent vectors [b, h/r, w/r, D], where r is the downsampling factor, or, for models without a
 * quantizer, to one vector per image, [b, D].
 *
 * <p>A custom encoder extends this class and implements {@link #compute}; gradients are computed
 * automatically:
 *
 * <pre>{@code
 * final class PatchEncoder extends Encoder {
 *   private final Conv2d patches;
 *
 *   PatchEncoder(int channels, int dimension, Rng rng) {
 *     patches = child("patches", new Conv2d(ConvConfig.of(channels, dimension, 4).stride(4), rng));
 *   }
 *
 *   @Override
 *   protected Tensor compute(Tensor images) {
 *     return patches.forward(images);
 *   }
 * }
 * }</pre>
 */
public abstract class Encoder extends Layer {
  /** The settings of an encoder, which are saved with the model. */
  public interface Config {
    /**
     * Builds the encoder.
     *
     * @param dimension D, the number of output channels
     * @param rng the random number generator for the initial weights
     * @return a new encoder with these settings
     */
    Encoder build(int dimension, Rng rng);
  }

  /** Constructor for subclasses. */
  protected Encoder() {}

  /**
   * Returns the settings of this encoder, which are saved with the model.
   *
   * @return the settings, which custom encoders register with {@code ModelRegistry}; by default
   *     empty, and a model file cannot rebuild the encoder
   */
  public Optional<Config> config() {
    return Optional.empty();
  }
}
