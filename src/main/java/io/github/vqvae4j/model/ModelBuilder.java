package io.github.vqvae4j.model;

import io.github.vqvae4j.io.BadFileException;
import io.github.vqvae4j.random.Rng;

/**
 * What the builders of models share: encoder and decoder, as settings or as instances of one's own,
 * and the seed.
 *
 * @param <B> the builder itself
 */
public abstract class ModelBuilder<B extends ModelBuilder<B>> {
  private interface Part<L> {
    L build(int dimension, Rng rng);
  }

  private Part<Encoder> encoder;
  private Part<Decoder> decoder;
  private long seed = 42;

  ModelBuilder() {}

  /** This builder, under its own type. */
  abstract B self();

  /**
   * Sets the encoder. It is built for the dimension that the model needs.
   *
   * @param config as from {@link ConvEncoder#channels}
   * @return this builder
   */
  public final B encoder(Encoder.Config config) {
    encoder = config::build;
    return self();
  }

  /**
   * Sets an encoder of one's own.
   *
   * @param instance maps images to vectors of the dimension that the model needs
   * @return this builder
   */
  public final B encoder(Encoder instance) {
    encoder = (dimension, rng) -> instance;
    return self();
  }

  /**
   * Sets the decoder. It is built for the dimension of the model's vectors.
   *
   * @param config as from {@link ConvDecoder#channels}
   * @return this builder
   */
  public final B decoder(Decoder.Config config) {
    decoder = config::build;
    return self();
  }

  /**
   * Sets a decoder of one's own.
   *
   * @param instance maps the model's vectors to images
   * @return this builder
   */
  public final B decoder(Decoder instance) {
    decoder = (dimension, rng) -> instance;
    return self();
  }

  /**
   * Sets the seed of all that is drawn at the start; by default 42.
   *
   * @param newSeed any number
   * @return this builder
   */
  public final B seed(long newSeed) {
    seed = newSeed;
    return self();
  }

  /** Takes the settings of encoder and decoder from a file. */
  final B parts(ModelFile file) throws BadFileException {
    return encoder(file.settings("encoder", Encoder.Config.class))
        .decoder(file.settings("decoder", Decoder.Config.class));
  }

  /** The generator that the model's start is drawn from. */
  final Rng rng() {
    return new Rng(seed);
  }

  final Encoder buildEncoder(int dimension, Rng rng) {
    return encoder.build(dimension, rng);
  }

  final Decoder buildDecoder(int dimension, Rng rng) {
    return decoder.build(dimension, rng);
  }

  /**
   * Throws if a part is missing.
   *
   * @param model its name, for the message
   * @param expected all that it needs
   * @param other what is missing beside encoder and decoder, or nothing
   */
  final void checkComplete(String model, String expected, String other) {
    String missing =
        (encoder == null ? " encoder(..)" : "") + other + (decoder == null ? " decoder(..)" : "");
    if (!missing.isEmpty()) {
      throw new IllegalStateException(
          model + ".builder: expected " + expected + "; missing:" + missing + ".");
    }
  }
}
