package io.github.vqvae4j.model.vqvae;

import io.github.vqvae4j.model.ModelBuilder;
import io.github.vqvae4j.model.internal.Registry;
import io.github.vqvae4j.quantize.Quantizer;
import io.github.vqvae4j.random.Rng;
import java.util.function.Function;

/**
 * Builds a {@link VqVae} from an encoder, a quantizer and a decoder, each given as settings or as a
 * custom instance.
 *
 * <pre>{@code
 * VqVae model = VqVae.builder()
 *     .encoder(ConvEncoder.channels(3).hidden(64))
 *     .quantizer(VectorQuantizer.ema(256, 32))
 *     .decoder(ConvDecoder.channels(3).hidden(64))
 *     .seed(7)
 *     .build();
 * }</pre>
 */
public final class VqVaeBuilder extends ModelBuilder<VqVaeBuilder> {
  private Function<Rng, Quantizer> quantizer;

  VqVaeBuilder() {}

  @Override
  protected VqVaeBuilder self() {
    return this;
  }

  /**
   * Sets the quantizer. Its dimension D is the number of output channels of the encoder and of
   * input channels of the decoder.
   *
   * @param config the settings, such as {@code VectorQuantizer.ema(512, 64)}
   * @return this builder
   */
  public VqVaeBuilder quantizer(Quantizer.Config config) {
    quantizer = rng -> Registry.checkBuilt(config, config.build(rng), Quantizer::config);
    return this;
  }

  /**
   * Sets a custom quantizer.
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
   * @return a new, untrained model
   * @throws IllegalStateException if the encoder, the quantizer or the decoder is missing
   */
  public VqVae build() {
    checkComplete(
        "VqVae",
        "an encoder, a quantizer and a decoder",
        quantizer == null ? " quantizer(..)" : "");
    Rng rng = rng();
    Quantizer built = quantizer.apply(rng);
    int dimension = built.dimension();
    return complete(new VqVae(buildEncoder(dimension, rng), built, buildDecoder(dimension, rng)));
  }
}
