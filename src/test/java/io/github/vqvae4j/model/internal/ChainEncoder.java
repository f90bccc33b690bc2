package io.github.vqvae4j.model.internal;

import io.github.vqvae4j.model.blocks.Encoder;
import io.github.vqvae4j.nn.Layer;
import io.github.vqvae4j.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;

/** A custom encoder of these layers, one after the other. */
final class ChainEncoder extends Encoder {
  private final List<Layer> layers = new ArrayList<>();

  ChainEncoder(Layer... parts) {
    for (int i = 0; i < parts.length; i++) {
      layers.add(child("layer" + i, parts[i]));
    }
  }

  @Override
  protected Tensor compute(Tensor images) {
    return chain(images, layers);
  }
}
