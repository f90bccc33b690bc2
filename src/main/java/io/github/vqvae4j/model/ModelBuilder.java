package io.github.vqvae4j.model;

import io.github.vqvae4j.model.blocks.Decoder;
import io.github.vqvae4j.model.blocks.Encoder;
import io.github.vqvae4j.model.internal.Registry;
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
  private CustomReconstructionLoss customLoss;
  private long seed = 42;

  /** Constructor for subclasses. */
  protected ModelBuilder() {}

  /**
   * Returns this builder as its own type.
   *
   * @return this builder
   */
  protected abstract B self();

  /**
   * Sets the encoder. It is built for the output dimension that the model needs.
   *
   * @param config the settings, such as {@code ConvEncoder.channels(3)}
   * @return this builder
   */
  public final B encoder(Encoder.Config config) {
    encoder =
        (dimension, rng) ->
            Registry.checkBuilt(config, config.build(dimension, rng), Encoder::config);
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
    decoder =
        (dimension, rng) ->
            Registry.checkBuilt(config, config.build(dimension, rng), Decoder::config);
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
   * Sets a custom loss for the reconstructions, in place of the model's reconstruction term. It is
   * not saved with the model.
   *
   * @param loss computes the loss terms
   * @return this builder
   */
  public final B reconstructionLoss(CustomReconstructionLoss loss) {
    customLoss = loss;
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

  /**
   * Returns the random number generator for the initialization.
   *
   * @return a new generator of the seed
   */
  protected final Rng rng() {
    return new Rng(seed);
  }

  /**
   * Builds the encoder, or returns the custom one.
   *
   * @param dimension the number of output channels
   * @param rng the random number generator for the initial weights
   * @return the encoder
   */
  protected final Encoder buildEncoder(int dimension, Rng rng) {
    return encoder.build(dimension, rng);
  }

  /**
   * Builds the decoder, or returns the custom one.
   *
   * @param dimension the number of input channels
   * @param rng the random number generator for the initial weights
   * @return the decoder
   */
  protected final Decoder buildDecoder(int dimension, Rng rng) {
    return decoder.build(dimension, rng);
  }

  /**
   * Throws an exception if a component is missing.
   *
   * @param model the name of the model, for the message
   * @param expected the required components
   * @param other the missing components other than encoder and decoder, or an empty string
   * @throws IllegalStateException if the encoder, the decoder or another component is missing
   */
  protected final void checkComplete(String model, String expected, String other) {
    String missing =
        (encoder == null ? " encoder(..)" : "") + other + (decoder == null ? " decoder(..)" : "");
    if (!missing.isEmpty()) {
      throw new IllegalStateException(
          model + ".builder: expected " + expected + "; missing:" + missing + ".");
    }
  }

  /**
   * Completes a model with the settings that all models share.
   *
   * @param model the model
   * @param <M> the type of the model
   * @return the model
   */
  protected final <M extends ImageModel> M complete(M model) {
    model.setCustomLoss(customLoss);
    return model;
  }
}
