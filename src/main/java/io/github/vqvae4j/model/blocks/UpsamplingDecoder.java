package io.github.vqvae4j.model.blocks;

import io.github.vqvae4j.model.blocks.ConvDecoderConfig.UpsampleMode;
import io.github.vqvae4j.nn.ConvConfig;
import io.github.vqvae4j.nn.Convolution;
import io.github.vqvae4j.nn.Initializer;
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
  private final List<Layer> layers;

  /** Creates a decoder that doubles the size {@code stages} times. */
  UpsamplingDecoder(
      Convolution.Factory factory,
      Convolution.Factory transposed,
      ConvSettings<?> settings,
      UpsampleMode upsampleMode,
      int stages,
      int dimension,
      Rng rng) {
    int hidden = settings.hidden();
    Initializer initializer = settings.initializer();
    ConvConfig toHidden = conv(dimension, hidden, 3, initializer).padding(1);
    Layer mix = child("mix", factory.create(toHidden, rng));
    Layer residual =
        child(
            "residual", new ResidualStack(factory, hidden, settings.residual(), initializer, rng));
    List<Layer> up = new ArrayList<>();
    int in = hidden;
    for (int remaining = stages - 1; remaining >= 0; remaining--) {
      int out = remaining == 0 ? settings.channels() : remaining == 1 ? hidden / 2 : hidden;
      boolean relu = remaining > 0;
      if (upsampleMode == UpsampleMode.TRANSPOSED) {
        ConvConfig config = conv(in, out, 4, initializer).stride(2).padding(1);
        up.add(transposed.create(config.relu(relu), rng));
      } else {
        up.add(new Upsample(2));
        up.add(factory.create(conv(in, out, 3, initializer).padding(1).relu(relu), rng));
      }
      in = out;
    }
    if (up.isEmpty()) {
      up.add(factory.create(conv(hidden, settings.channels(), 3, initializer).padding(1), rng));
    }
    layers = List.of(mix, residual, child("up", Sequential.of(up)));
  }

  private static ConvConfig conv(int in, int out, int kernel, Initializer initializer) {
    return ConvConfig.of(in, out, kernel).initializer(initializer);
  }

  /** Maps [b, .., D] to [b, .., channels]. */
  final Tensor decode(Tensor latents) {
    return chain(latents, layers);
  }
}
