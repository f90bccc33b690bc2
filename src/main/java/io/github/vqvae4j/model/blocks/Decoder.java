package io.github.vqvae4j.model.blocks;

import io.github.vqvae4j.nn.Layer;
import io.github.vqvae4j.random.Rng;
import java.util.Optional;

/**
 * The base class of decoders: layers that map latents, [b, h/r, w/r, D] or [b, D], to images [b, h,
 * w, channels], centered at 0. For a {@code Vae}, the output is the input of its {@code
 * Likelihood}.
 *
 * <p>A custom decoder extends this class and implements {@link #compute}; gradients are computed
 * automatically:
 *
 * <pre>{@code
 * final class PatchDecoder extends Decoder {
 *   private final ConvTranspose2d patches;
 *
 *   PatchDecoder(int dimension, int channels, Rng rng) {
 *     ConvConfig config = ConvConfig.of(dimension, channels, 4).stride(4);
 *     patches = child("patches", new ConvTranspose2d(config, rng));
 *   }
 *
 *   @Override
 *   protected Tensor compute(Tensor latents) {
 *     return patches.forward(latents);
 *   }
 *
 *   @Override
 *   public int pixelsPerVector() {
 *     return 16;
 *   }
 * }
 * }</pre>
 */
public abstract class Decoder extends Layer {
  /** The settings of a decoder, which are saved with the model. */
  public interface Config {
    /**
     * Builds the decoder.
     *
     * @param dimension D, the number of input channels
     * @param rng the random number generator for the initial weights
     * @return a new decoder with these settings
     */
    Decoder build(int dimension, Rng rng);
  }

  /** Constructor for subclasses. */
  protected Decoder() {}

  /**
   * Returns the settings of this decoder, which are saved with the model.
   *
   * @return the settings, which custom decoders register with {@code ModelRegistry}; by default
   *     empty, and a model file cannot rebuild the decoder
   */
  public Optional<Config> config() {
    return Optional.empty();
  }

  /**
   * Returns the number of output pixels per input vector. It only determines how many images {@code
   * VqVae.decode} processes at once, so that inference needs no more memory than training.
   *
   * @return at least 1; by default 64, which corresponds to three upsampling stages of factor 2
   */
  public int pixelsPerVector() {
    return 64;
  }
}
