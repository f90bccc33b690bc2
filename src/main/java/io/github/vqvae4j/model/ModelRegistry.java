package io.github.vqvae4j.model;

import io.github.vqvae4j.model.blocks.Decoder;
import io.github.vqvae4j.model.blocks.Encoder;
import io.github.vqvae4j.model.internal.Registry;
import io.github.vqvae4j.quantize.Quantizer;

/**
 * The names under which files refer to models, encoders, decoders and quantizers. A file contains
 * names and settings, never classes; loading it looks up the names here. Those of the library are
 * registered; a program registers its own when it starts, before the first model is loaded:
 *
 * <pre>{@code
 * ModelRegistry.register("acme-patch-encoder", PatchConfig.class);
 * VqVae model = VqVae.load(Path.of("patches.safetensors"));
 * }</pre>
 *
 * <p>A name and the components of its settings are part of every file saved with them. To change
 * the components, register a new record under a new name. A prefix of your own, as above, avoids
 * names of later versions of the library. All methods may be called from any thread.
 */
public final class ModelRegistry {
  private ModelRegistry() {}

  /**
   * Registers an encoder, a decoder or a quantizer.
   *
   * @param name a name of lower-case letters, digits and hyphens
   * @param settings a record that implements {@link Encoder.Config}, {@link Decoder.Config} or
   *     {@link Quantizer.Config}, whose {@code build} returns an object whose {@code config()} is
   *     the record; components as for {@link io.github.vqvae4j.io.RecordJson}
   * @throws IllegalArgumentException if the name or the record is registered already, or the record
   *     cannot be written as JSON
   * @throws IllegalStateException if a model has been loaded
   */
  public static void register(String name, Class<? extends Record> settings) {
    Registry.instance().register(name, settings);
  }

  /**
   * Registers a model.
   *
   * @param name a name of lower-case letters, digits and hyphens
   * @param model the class of the model
   * @param settings a record with one component for each entry of {@link ImageModel#settings()},
   *     named like it, of type {@link Encoder.Config}, {@link Decoder.Config}, {@link
   *     Quantizer.Config}, or, for settings of the model itself, of a record
   * @param <M> the type of the model
   * @param <S> the type of the settings
   * @throws IllegalArgumentException as for {@link #register(String, Class)}
   * @throws IllegalStateException if a model has been loaded
   */
  public static <M extends ImageModel, S extends Record & ImageModel.Config<M>> void register(
      String name, Class<M> model, Class<S> settings) {
    Registry.instance().register(name, model, settings);
  }
}
