package io.github.vqvae4j.quantize;

import io.github.vqvae4j.config.Require;
import io.github.vqvae4j.random.Rng;

/**
 * The settings of a {@link ProjectedQuantizer}.
 *
 * @param dimension D, the dimension of the latents, at least 1
 * @param quantizer the settings of the quantizer of the projected latents
 */
public record ProjectedQuantizerConfig(int dimension, Quantizer.Config quantizer)
    implements Quantizer.Config {
  /**
   * Validates the settings.
   *
   * @throws IllegalArgumentException if the dimension is less than 1
   */
  public ProjectedQuantizerConfig {
    String record = "ProjectedQuantizerConfig.";
    Require.that(dimension >= 1, record + "dimension", "D of at least 1", dimension);
    Require.nonNull(Quantizer.Config.class, record + "quantizer", quantizer);
  }

  @Override
  public ProjectedQuantizer build(Rng rng) {
    return new ProjectedQuantizer(this, rng);
  }
}
