package io.github.vqvae4j.model.blocks;

import io.github.vqvae4j.nn.Layer;
import io.github.vqvae4j.nn.Linear;
import io.github.vqvae4j.random.Rng;
import io.github.vqvae4j.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;

/** Linear layers, each followed by a ReLU: [b, in] to [b, last width]. */
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

  /** Returns the size of the output. */
  static int outputSize(int in, List<Integer> widths) {
    return widths.isEmpty() ? in : widths.get(widths.size() - 1);
  }
}
