package io.github.vqvae4j.model;

import io.github.vqvae4j.nn.Conv2d;
import io.github.vqvae4j.nn.ConvConfig;
import io.github.vqvae4j.nn.ConvTranspose2d;
import io.github.vqvae4j.nn.Sequential;
import io.github.vqvae4j.random.Rng;
import io.github.vqvae4j.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The small decoder of Keras's VQ-VAE example: vectors [b, h, w, D] to images [b, 2^n h, 2^n w,
 * channels].
 *
 * <p>n transposed convolutions 3x3 of stride 2, each with a rectified linear unit; a convolution
 * 3x3 to the image's channels. There is no residual stack; {@link ConvDecoder} has one.
 *
 * <p>The last convolution is a transposed one in Keras, which for stride 1 is the same but for the
 * order of its weights.
 */
public final class StridedDecoder extends Decoder {
  private final StridedDecoderConfig config;
  private final Sequential up;
  private final Conv2d last;

  /**
   * A decoder.
   *
   * @param config its settings
   * @param dimension D, the channels of its input
   * @param rng where the weights are drawn from
   */
  public StridedDecoder(StridedDecoderConfig config, int dimension, Rng rng) {
    this.config = config;
    List<ConvTranspose2d> doublings = new ArrayList<>();
    int in = dimension;
    for (int out : config.widths()) {
      ConvConfig doubling = ConvConfig.of(in, out, 3).stride(2).same().relu(true);
      doublings.add(new ConvTranspose2d(doubling.initializer(config.initializer()), rng));
      in = out;
    }
    up = child("up", Sequential.of(doublings));
    ConvConfig image = ConvConfig.of(in, config.channels(), 3).padding(1);
    last = child("last", new Conv2d(image.initializer(config.initializer()), rng));
  }

  /**
   * Settings for images of so many channels.
   *
   * @param channels 1 for gray images, 3 for colour
   * @return the settings, to be changed or built
   */
  public static StridedDecoderConfig channels(int channels) {
    return StridedDecoderConfig.of(channels);
  }

  @Override
  public Optional<Config> config() {
    return Optional.of(config);
  }

  @Override
  protected int pixelsPerVector() {
    return 1 << 2 * config.widths().size();
  }

  @Override
  protected Tensor compute(Tensor vectors) {
    return chain(vectors, List.of(up, last));
  }
}
