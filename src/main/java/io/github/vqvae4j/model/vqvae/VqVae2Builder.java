package io.github.vqvae4j.model.vqvae;

import io.github.vqvae4j.model.internal.Registry;
import io.github.vqvae4j.nn.Initializer;
import io.github.vqvae4j.nn.ResidualConfig;
import io.github.vqvae4j.quantize.Quantizer;
import io.github.vqvae4j.quantize.VectorQuantizer;
import io.github.vqvae4j.random.Rng;
import java.util.Arrays;

/**
 * Builds a {@link VqVae2}.
 *
 * <pre>{@code
 * VqVae2 model = VqVae2.channels(3).hidden(64).quantizer(VectorQuantizer.ema(512, 64)).build();
 * }</pre>
 */
public final class VqVae2Builder {
  private VqVae2Config config;
  private Quantizer.Config quantizer = VectorQuantizer.ema(512, 64);
  private long seed = 42;

  VqVae2Builder(VqVae2Config config) {
    this.config = config;
  }

  /**
   * Sets the number of hidden channels of all encoders and decoders. The default is 128.
   *
   * @param count an even number
   * @return this builder
   */
  public VqVae2Builder hidden(int count) {
    config = config.with("hidden", count);
    return this;
  }

  /**
   * Sets the levels. The default is 2 and 1: code maps whose sides are a fourth and an eighth of
   * those of the images.
   *
   * @param halvings for each level, bottom first, the number of times that it halves the size of
   *     its input: the images for the bottom level, and the features of the level below for the
   *     others; two or more levels
   * @return this builder
   */
  public VqVae2Builder downsample(Integer... halvings) {
    config = config.with("downsample", Arrays.asList(halvings));
    return this;
  }

  /**
   * Sets the size of all residual stacks. The default is 2 blocks with 32 hidden channels.
   *
   * @param blocks the number of blocks
   * @param blockHidden the number of hidden channels of each block
   * @return this builder
   */
  public VqVae2Builder residual(int blocks, int blockHidden) {
    config = config.with("residual", ResidualConfig.of(blocks, blockHidden));
    return this;
  }

  /**
   * Sets the initialization of the weights. The default is that of Sonnet.
   *
   * @param initializer the initializer
   * @return this builder
   */
  public VqVae2Builder initializer(Initializer initializer) {
    config = config.with("initializer", initializer);
    return this;
  }

  /**
   * Sets the quantizers: each level has its own with these settings. The default is {@code
   * VectorQuantizer.ema(512, 64)}.
   *
   * @param settings the settings
   * @return this builder
   */
  public VqVae2Builder quantizer(Quantizer.Config settings) {
    quantizer = settings;
    return this;
  }

  /**
   * Sets the seed of the random initialization; by default 42.
   *
   * @param newSeed the seed
   * @return this builder
   */
  public VqVae2Builder seed(long newSeed) {
    seed = newSeed;
    return this;
  }

  /**
   * Builds the model.
   *
   * @return a new, untrained model
   */
  public VqVae2 build() {
    Rng rng = new Rng(seed);
    return new VqVae2(
        config, rng, () -> Registry.checkBuilt(quantizer, quantizer.build(rng), Quantizer::config));
  }
}
