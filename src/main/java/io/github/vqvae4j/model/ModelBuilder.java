package io.github.vqvae4j.model;

import io.github.vqvae4j.io.BadFileException;
import io.github.vqvae4j.random.Rng;

/**
 * The common part of the model builders: the encoder and the decoder, given as settings or as
 * custom instances, and the seed.
 *
 * @param <B> the type of the builder
 */
public abstract class ModelBuilder<B extends ModelBuilder<B>> {
  private interface Factory<L> {
    L build(int dimension, Rng rng);
  }

  private Factory<Encoder> encoder;
  private Factory<Decoder> decoder;
  private long seed = 42;

  ModelBuilder() {}

  /** Returns this builder as its own type. */
  abstract B self();

  /**
   * Sets the encoder. It is built for the output dimension that the model needs.
   *
   * @param config the settings, such as {@code ConvEncoder.channels(3)}
   * @return this builder
   */
  public final B encoder(Encoder.Config config) {
    encoder = config::build;
    return self();
  }

  /**
   * Sets a custom encoder.
   *
   * @param instance an encoder whose output has the dimension that the model needs
   * @return this builder
   */
  public final B encoder(Encoder instance) {
    encoder = (dimension, rng) -> instance;
    return self();
  }

  /**
   * Sets the decoder. It is built for the dimension of the model's latents.
   *
   * @param config the settings, such as {@code ConvDecoder.channels(3)}
   * @return this builder
   */
  public final B decoder(Decoder.Config config) {
    decoder = config::build;
    return self();
  }

  /**
   * Sets a custom decoder.
   *
   * @param instance a decoder from latents to images
   * @return this builder
   */
  public final B decoder(Decoder instance) {
    decoder = (dimension, rng) -> instance;
    return self();
  }

  /**
   * Sets the seed of the random initialization; by default 42.
   *
   * @param newSeed the seed
   * @return this builder
   */
  public final B seed(long newSeed) {
    seed = newSeed;
    return self();
  }

  /** Sets encoder and decoder to the settings in a file. */
  final B settingsOf(ModelFile file) throws BadFileException {
    return encoder(file.settings("encoder", Encoder.Config.class))
        .decoder(file.settings("decoder", Decoder.Config.class));
  }

  /** Returns the random number generator for the initialization. */
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
   * Throws an exception if a component is missing.
   *
   * @param model the name of the model, for the message
   * @param expected the required components
   * @param other the missing components other than encoder and decoder, or an empty string
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
