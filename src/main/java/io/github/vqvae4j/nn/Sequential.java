package io.github.vqvae4j.nn;

import io.github.vqvae4j.tensor.Tensor;
import java.util.List;

/**
 * A sequence of layers, each applied to the output of the previous one. The children are named by
 * index: 0, 1, ...
 *
 * <pre>{@code
 * Sequential classifier =
 *     Sequential.of(
 *         new Conv2d(ConvConfig.of(1, 16, 3).same().relu(true), rng),
 *         new MaxPool(2),
 *         new Conv2d(ConvConfig.of(16, 10, 1), rng));
 * try (Step step = Step.inference()) {
 *   Tensor images = step.tensor(new float[2 * 28 * 28], 2, 28, 28, 1);
 *   float[] scores = classifier.forward(images).toFloats(); // [2, 14, 14, 10]
 * }
 * }</pre>
 */
public final class Sequential extends Layer {
  private final List<Layer> layers;

  private Sequential(List<? extends Layer> layers) {
    this.layers = List.copyOf(layers);
    for (int i = 0; i < layers.size(); i++) {
      child(Integer.toString(i), layers.get(i));
    }
  }

  /**
   * Creates a sequence of layers.
   *
   * @param layers the layers, in order
   * @return the sequence
   */
  public static Sequential of(Layer... layers) {
    return new Sequential(List.of(layers));
  }

  /**
   * Creates a sequence of layers.
   *
   * @param layers the layers, in order
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
