package io.github.vqvae4j.model;

import io.github.vqvae4j.quantize.Quantizer;
import io.github.vqvae4j.random.Rng;
import java.util.function.Function;

/** Describes a {@link VqVae}: its parts, as settings or as instances of one's own, and its seed. */
public final class VqVaeBuilder extends ModelBuilder<VqVaeBuilder> {
  private Function<Rng, Quantizer> quantizer;

  VqVaeBuilder() {}

  @Override
  VqVaeBuilder self() {
    return this;
  }

  /**
   * Sets the quantizer. Encoder and decoder are built for its dimension.
   *
   * @param config as from {@code VectorQuantizer.ema}
   * @return this builder
   */
  public VqVaeBuilder quantizer(Quantizer.Config config) {
    quantizer = config::build;
    return this;
  }

  /**
   * Sets a quantizer of one's own.
   *
   * @param instance the quantizer
   * @return this builder
   */
  public VqVaeBuilder quantizer(Quantizer instance) {
    quantizer = rng -> instance;
    return this;
  }

  /**
   * Builds the model.
   *
   * @return a new model, untrained
   * @throws IllegalStateException if encoder, quantizer or decoder is missing
   */
  public VqVae build() {
    checkComplete(
        "VqVae",
        "an encoder, a quantizer and a decoder",
        quantizer == null ? " quantizer(..)" : "");
    Rng rng = rng();
    Quantizer built = quantizer.apply(rng);
    int dimension = built.dimension();
    return new VqVae(buildEncoder(dimension, rng), built, buildDecoder(dimension, rng));
  }
}
