package io.github.vqvae4j.model.blocks;

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
 * The small decoder of the Keras VQ-VAE example: latents [b, h, w, D] to images [b, 2^n h, 2^n w,
 * channels].
 *
 * <p>n 3x3 transposed convolutions with stride 2, each followed by a ReLU, and a 3x3 convolution to
 * the image channels. For a decoder with a residual stack, see {@link ConvDecoder}.
 *
 * <p>In Keras, the last convolution is a transposed one, which is equivalent for stride 1 except
 * for the order of its weights.
 */
public final class StridedDecoder extends Decoder {
  private final StridedDecoderConfig config;
  private final Sequential up;
  private final Conv2d last;

  /**
   * Creates a decoder.
   *
   * @param config the settings
   * @param dimension D, the number of input channels
   * @param rng the random number generator for the initial weights
   */
  public StridedDecoder(StridedDecoderConfig config, int dimension, Rng rng) {
    this.config = config;
    List<ConvTranspose2d> convolutions = new ArrayList<>();
    int in = dimension;
    for (int out : config.widths()) {
      ConvConfig conv = ConvConfig.of(in, out, 3).stride(2).same().relu(true);
      convolutions.add(new ConvTranspose2d(conv.initializer(config.initializer()), rng));
      in = out;
    }
    up = child("up", Sequential.of(convolutions));
    ConvConfig image = ConvConfig.of(in, config.channels(), 3).padding(1);
    last = child("last", new Conv2d(image.initializer(config.initializer()), rng));
  }

  /**
   * Returns the default settings for images with the given number of channels.
   *
   * @param channels 1 for grayscale images, 3 for color images
   * @return the settings
   */
  public static StridedDecoderConfig channels(int channels) {
    return StridedDecoderConfig.of(channels);
  }

  @Override
  public Optional<Config> config() {
    return Optional.of(config);
  }

  @Override
  public int pixelsPerVector() {
    return 1 << 2 * config.widths().size();
  }

  @Override
  protected Tensor compute(Tensor latents) {
    return chain(latents, List.of(up, last));
  }
}
