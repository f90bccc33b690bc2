package io.github.vqvae4j.examples;

import io.github.vqvae4j.model.ImageModel;
import io.github.vqvae4j.model.blocks.ConvEncoderConfig;
import io.github.vqvae4j.model.blocks.StridedEncoderConfig;
import io.github.vqvae4j.model.vqvae.VqVae;
import io.github.vqvae4j.model.vqvae.VqVae2;
import java.util.OptionalInt;

/** The number of channels of the images that a model accepts. */
final class ModelChannels {
  private ModelChannels() {}

  /** Returns 1 for grayscale and 3 for color; empty for an encoder of an unknown kind. */
  static OptionalInt of(ImageModel model) {
    if (model instanceof VqVae2 levels) {
      return OptionalInt.of(levels.config().channels());
    }
    Object encoder = model instanceof VqVae vqVae ? vqVae.encoder().config().orElse(null) : null;
    if (encoder instanceof ConvEncoderConfig config) {
      return OptionalInt.of(config.channels());
    }
    if (encoder instanceof StridedEncoderConfig config) {
      return OptionalInt.of(config.channels());
    }
    if (encoder instanceof PatchConfig config) {
      return OptionalInt.of(config.channels());
    }
    return OptionalInt.empty();
  }
}
