package io.github.vqvae4j.model.blocks;

import io.github.vqvae4j.nn.ConvConfig;
import io.github.vqvae4j.nn.Convolution;
import io.github.vqvae4j.nn.Initializer;
import io.github.vqvae4j.nn.Layer;
import io.github.vqvae4j.nn.ResidualStack;
import io.github.vqvae4j.nn.Sequential;
import io.github.vqvae4j.random.Rng;
import io.github.vqvae4j.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;

/** The layers of {@link ConvEncoder} and, in one dimension, of {@link SeriesEncoder}. */
abstract sealed class DownsamplingEncoder extends Encoder permits ConvEncoder, SeriesEncoder {
  private final List<Layer> layers;

  /** Creates an encoder that halves the size {@code stages} times. */
  DownsamplingEncoder(
      Convolution.Factory factory, ConvSettings<?> settings, int stages, int dimension, Rng rng) {
    int hidden = settings.hidden();
    Initializer initializer = settings.initializer();
    List<Layer> convolutions = new ArrayList<>();
    int in = settings.channels();
    for (int i = 0; i < stages; i++) {
      int out = i == 0 ? hidden / 2 : hidden;
      convolutions.add(
          factory.create(conv(in, out, 4, initializer).stride(2).padding(1).relu(true), rng));
      in = out;
    }
    Layer down = child("down", Sequential.of(convolutions));
    Layer mix =
        child("mix", factory.create(conv(in, hidden, 3, initializer).padding(1).relu(true), rng));
    Layer residual =
        child(
            "residual", new ResidualStack(factory, hidden, settings.residual(), initializer, rng));
    layers =
        List.of(
            down,
            mix,
            residual,
            child("project", factory.create(conv(hidden, dimension, 1, initializer), rng)));
  }

  private static ConvConfig conv(int in, int out, int kernel, Initializer initializer) {
    return ConvConfig.of(in, out, kernel).initializer(initializer);
  }

  /** Maps [b, .., channels] to [b, .., D]. */
  final Tensor encode(Tensor x) {
    return chain(x, layers);
  }
}
