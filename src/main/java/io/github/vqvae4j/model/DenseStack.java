package io.github.vqvae4j.model;

import io.github.vqvae4j.nn.Layer;
import io.github.vqvae4j.nn.Linear;
import io.github.vqvae4j.random.Rng;
import io.github.vqvae4j.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;

/** Linear maps, each followed by a rectified linear unit: [b, in] to [b, the last width]. */
final class DenseStack extends Layer {
  private final List<Linear> layers = new ArrayList<>();

  DenseStack(int in, List<Integer> widths, Rng rng) {
    int size = in;
    for (int width : widths) {
      layers.add(child(Integer.toString(layers.size()), new Linear(size, width, rng)));
      size = width;
    }
  }

  @Override
  protected Tensor compute(Tensor x) {
    Tensor output = x;
    for (Linear layer : layers) {
      output = layer.forward(output).relu();
    }
    return output;
  }

  /** The size of the result. */
  static int last(int in, List<Integer> widths) {
    return widths.isEmpty() ? in : widths.get(widths.size() - 1);
  }
}
