package io.github.vqvae4j.model.internal;

import io.github.vqvae4j.model.blocks.Decoder;
import io.github.vqvae4j.nn.Layer;
import io.github.vqvae4j.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;

/** A custom decoder of these layers, one after the other. */
final class ChainDecoder extends Decoder {
  private final List<Layer> layers = new ArrayList<>();

  ChainDecoder(Layer... parts) {
    for (int i = 0; i < parts.length; i++) {
      layers.add(child("layer" + i, parts[i]));
    }
  }

  @Override
  protected Tensor compute(Tensor latents) {
    return chain(latents, layers);
  }
}
