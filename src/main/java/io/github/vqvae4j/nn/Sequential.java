package io.github.vqvae4j.nn;

import io.github.vqvae4j.tensor.Tensor;
import java.util.List;

/** Layers one after another; their names are their places: 0, 1, ... */
public final class Sequential extends Layer {
  private final List<Layer> layers;

  private Sequential(List<? extends Layer> layers) {
    this.layers = List.copyOf(layers);
    for (int i = 0; i < layers.size(); i++) {
      child(Integer.toString(i), layers.get(i));
    }
  }

  /**
   * Layers one after another.
   *
   * @param layers each takes what the one before gives
   * @return the sequence
   */
  public static Sequential of(Layer... layers) {
    return new Sequential(List.of(layers));
  }

  /**
   * Layers one after another.
   *
   * @param layers each takes what the one before gives
   * @return the sequence
   */
  public static Sequential of(List<? extends Layer> layers) {
    return new Sequential(layers);
  }

  @Override
  protected Tensor compute(Tensor x) {
    return chain(x, layers);
  }
}
