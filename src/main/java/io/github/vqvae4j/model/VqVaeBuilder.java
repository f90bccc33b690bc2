package io.github.vqvae4j.model;

import io.github.vqvae4j.quantize.Quantizer;
import io.github.vqvae4j.tensor.Rng;

/** Describes a {@link VqVae}: its parts, as settings or as instances of one's own, and its seed. */
public final class VqVaeBuilder {
  private interface Part<L> {
    L build(Rng rng);
  }

  private Part<Quantizer> quantizer;
  private PartOfDimension<Encoder> encoder;
  private PartOfDimension<Decoder> decoder;
  private long seed = 42;

  private interface PartOfDimension<L> {
    L build(int dimension, Rng rng);
  }

  VqVaeBuilder() {}

  /**
   * Sets the encoder. It is built for the quantizer's dimension.
   *
   * @param config as from {@link ConvEncoder#channels}
   * @return this builder
   */
  public VqVaeBuilder encoder(Encoder.Config config) {
    encoder = config::build;
    return this;
  }

  /**
   * Sets an encoder of one's own.
   *
   * @param instance maps images to vectors of the quantizer's dimension
   * @return this builder
   */
  public VqVaeBuilder encoder(Encoder instance) {
    encoder = (dimension, rng) -> instance;
    return this;
  }

  /**
   * Sets the quantizer.
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
   * Sets the decoder. It is built for the quantizer's dimension.
   *
   * @param config as from {@link ConvDecoder#channels}
   * @return this builder
   */
  public VqVaeBuilder decoder(Decoder.Config config) {
    decoder = config::build;
    return this;
  }

  /**
   * Sets a decoder of one's own.
   *
   * @param instance maps vectors of the quantizer's dimension to images
   * @return this builder
   */
  public VqVaeBuilder decoder(Decoder instance) {
    decoder = (dimension, rng) -> instance;
    return this;
  }

  /**
   * Sets the seed of all that is drawn at the start; by default 42.
   *
   * @param newSeed any number
   * @return this builder
   */
  public VqVaeBuilder seed(long newSeed) {
    seed = newSeed;
    return this;
  }

  /**
   * Builds the model.
   *
   * @return a new model, untrained
   * @throws IllegalStateException if encoder, quantizer or decoder is missing
   */
  public VqVae build() {
    if (encoder == null || quantizer == null || decoder == null) {
      throw new IllegalStateException(
          "VqVae.builder: expected an encoder, a quantizer and a decoder; missing:"
              + (encoder == null ? " encoder(..)" : "")
              + (quantizer == null ? " quantizer(..)" : "")
              + (decoder == null ? " decoder(..)" : "")
              + ".");
    }
    Rng rng = new Rng(seed);
    Quantizer built = quantizer.build(rng);
    int dimension = built.dimension();
    return new VqVae(encoder.build(dimension, rng), built, decoder.build(dimension, rng));
  }
}
