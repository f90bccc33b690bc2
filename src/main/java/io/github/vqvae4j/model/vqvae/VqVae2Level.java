package io.github.vqvae4j.model.vqvae;

import io.github.vqvae4j.model.blocks.ConvDecoder;
import io.github.vqvae4j.model.blocks.ConvDecoderConfig;
import io.github.vqvae4j.nn.Block;
import io.github.vqvae4j.nn.Conv2d;
import io.github.vqvae4j.nn.ConvConfig;
import io.github.vqvae4j.nn.ConvTranspose2d;
import io.github.vqvae4j.nn.Layer;
import io.github.vqvae4j.nn.ResidualStack;
import io.github.vqvae4j.nn.Sequential;
import io.github.vqvae4j.quantize.Quantizer;
import io.github.vqvae4j.random.Rng;
import io.github.vqvae4j.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;

/** The layers and the codebook of a level of a {@link VqVae2}. */
final class VqVae2Level extends Block {
  private final Layer encoder;
  private final Layer project;
  private final Quantizer quantizer;
  private final Layer decoder;

  /** Null for the bottom level. */
  private final Layer upsample;

  /**
   * Creates a level.
   *
   * @param level the index of the level, 0 for the bottom
   */
  VqVae2Level(VqVae2Config config, int level, Quantizer quantizer, Rng rng) {
    boolean isBottom = level == 0;
    boolean isTop = level == config.levels() - 1;
    int hidden = config.hidden();
    int halvings = config.downsample().get(level);
    int dimension = quantizer.dimension();
    encoder =
        child("encoder", encoder(config, isBottom ? config.channels() : hidden, halvings, rng));
    ConvConfig toLatents =
        ConvConfig.of(isTop ? hidden : dimension + hidden, dimension, 1)
            .initializer(config.initializer());
    project = child("project", new Conv2d(toLatents, rng));
    this.quantizer = child("quantizer", quantizer);
    int embedded = isTop ? dimension : 2 * dimension;
    ConvDecoderConfig decoding =
        ConvDecoder.channels(isBottom ? config.channels() : dimension)
            .hidden(hidden)
            .upsample(halvings)
            .residual(residual -> config.residual())
            .initializer(config.initializer());
    decoder = child("decoder", decoding.build(embedded, rng));
    upsample =
        isBottom ? null : child("upsample", upsample(config, embedded, dimension, halvings, rng));
  }

  /** Halves the size of [b, h, w, in] and returns features [b, h/2^n, w/2^n, hidden]. */
  private static Layer encoder(VqVae2Config config, int in, int halvings, Rng rng) {
    int hidden = config.hidden();
    List<Layer> layers = new ArrayList<>();
    int channels = in;
    for (int i = 0; i < halvings; i++) {
      int out = i == 0 ? hidden / 2 : hidden;
      layers.add(new Conv2d(conv(config, channels, out, 4).stride(2).padding(1).relu(true), rng));
      channels = out;
    }
    layers.add(new Conv2d(conv(config, channels, hidden, 3).padding(1), rng));
    layers.add(
        new ResidualStack(Conv2d::new, hidden, config.residual(), config.initializer(), rng));
    return Sequential.of(layers);
  }

  /** Doubles the size of quantized latents for the level below. */
  private static Layer upsample(
      VqVae2Config config, int embedded, int dimension, int doublings, Rng rng) {
    List<Layer> layers = new ArrayList<>();
    for (int i = 0; i < doublings; i++) {
      ConvConfig twice = conv(config, i == 0 ? embedded : dimension, dimension, 4);
      layers.add(new ConvTranspose2d(twice.stride(2).padding(1).relu(i < doublings - 1), rng));
    }
    return Sequential.of(layers);
  }

  private static ConvConfig conv(VqVae2Config config, int in, int out, int kernel) {
    return ConvConfig.of(in, out, kernel).initializer(config.initializer());
  }

  Quantizer quantizer() {
    return quantizer;
  }

  /** Returns features of the images or of the features below. */
  Tensor features(Tensor below) {
    return encoder.forward(below);
  }

  /**
   * Returns the latents to quantize.
   *
   * @param features the features of this level
   * @param decoded the decoded level above; null for the top
   */
  Tensor latents(Tensor features, Tensor decoded) {
    return project.forward(joined(decoded, features));
  }

  /**
   * Joins the quantized latents of this level with those of the levels above.
   *
   * @param upsampled the result of {@link #upsample} of the level above; null for the top
   */
  Tensor embed(Tensor quantized, Tensor upsampled) {
    return joined(upsampled, quantized);
  }

  private static Tensor joined(Tensor first, Tensor second) {
    if (first == null || second == null) {
      return first == null ? second : first;
    }
    return Tensor.concat(-1, List.of(first, second));
  }

  /** Returns images, centered at 0, for the bottom; features for the level below otherwise. */
  Tensor decode(Tensor embedded) {
    return decoder.forward(embedded);
  }

  /** Returns what the level below joins with its own quantized latents. */
  Tensor upsample(Tensor embedded) {
    return upsample.forward(embedded);
  }
}
