package io.github.vqvae4j.model;

import io.github.vqvae4j.model.ConvDecoderConfig.Doubling;
import io.github.vqvae4j.nn.ConvConfig;
import io.github.vqvae4j.nn.Convolution;
import io.github.vqvae4j.nn.Layer;
import io.github.vqvae4j.nn.ResidualStack;
import io.github.vqvae4j.nn.Sequential;
import io.github.vqvae4j.nn.Upsample;
import io.github.vqvae4j.random.Rng;
import io.github.vqvae4j.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;

/** The layers of {@link ConvDecoder} and, in one dimension, of {@link SeriesDecoder}. */
abstract sealed class UpsamplingDecoder extends Decoder permits ConvDecoder, SeriesDecoder {
  private final Convolution.Kind kind;
  private final Convolution.Kind transposed;
  private final ConvSettings<?> settings;
  private final List<Layer> layers;

  /** With {@code times} doublings. */
  UpsamplingDecoder(
      Convolution.Kind kind,
      Convolution.Kind transposed,
      ConvSettings<?> settings,
      Doubling doubling,
      int times,
      int dimension,
      Rng rng) {
    this.kind = kind;
    this.transposed = transposed;
    this.settings = settings;
    int hidden = settings.hidden();
    Layer mix = child("mix", kind.of(conv(dimension, hidden, 3).padding(1), rng));
    Layer residual =
        child(
            "residual",
            new ResidualStack(kind, hidden, settings.residual(), settings.initializer(), rng));
    List<Layer> up = new ArrayList<>();
    int in = hidden;
    for (int left = times - 1; left >= 0; left--) {
      int out = left == 0 ? settings.channels() : left == 1 ? hidden / 2 : hidden;
      up.addAll(doubled(doubling, in, out, left > 0, rng));
      in = out;
    }
    if (up.isEmpty()) {
      up.add(kind.of(conv(hidden, settings.channels(), 3).padding(1), rng));
    }
    layers = List.of(mix, residual, child("up", Sequential.of(up)));
  }

  private List<Layer> doubled(Doubling doubling, int in, int out, boolean relu, Rng rng) {
    return switch (doubling) {
      case TRANSPOSED ->
          List.of(transposed.of(conv(in, out, 4).stride(2).padding(1).relu(relu), rng));
      case NEAREST ->
          List.of(new Upsample(2), kind.of(conv(in, out, 3).padding(1).relu(relu), rng));
    };
  }

  private ConvConfig conv(int in, int out, int kernel) {
    return ConvConfig.of(in, out, kernel).initializer(settings.initializer());
  }

  /** [b, .., D] to [b, .., channels]. */
  final Tensor decode(Tensor vectors) {
    return chain(vectors, layers);
  }
}
