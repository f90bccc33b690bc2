package io.github.vqvae4j.model;

import io.github.vqvae4j.nn.Conv2d;
import io.github.vqvae4j.nn.ConvTranspose2d;
import io.github.vqvae4j.nn.ResidualStack;
import io.github.vqvae4j.random.Rng;
import io.github.vqvae4j.tensor.Tensor;
import java.util.Optional;

/**
 * The convolutional decoder of VQ-VAE (van den Oord et al. 2017, section 4.1, in Sonnet's sizes):
 * vectors [b, h, w, D] to images [b, 2^n h, 2^n w, channels].
 *
 * <p>A convolution 3x3 to the hidden channels; a {@link ResidualStack}; n doublings of the size,
 * the last to the image's channels, the one before to half the hidden channels, with rectified
 * linear units between. For n = 0 a convolution 3x3 to the image's channels ends it.
 */
public final class ConvDecoder extends UpsamplingDecoder {
  private final ConvDecoderConfig config;

  /**
   * A decoder.
   *
   * @param config its settings
   * @param dimension D, the channels of its input
   * @param rng where the weights are drawn from
   */
  public ConvDecoder(ConvDecoderConfig config, int dimension, Rng rng) {
    super(
        Conv2d::new,
        ConvTranspose2d::new,
        config,
        config.upsampleMode(),
        config.upsample(),
        dimension,
        rng);
    this.config = config;
  }

  /**
   * Settings for images of so many channels.
   *
   * @param channels 1 for gray images, 3 for colour
   * @return the settings, to be changed or built
   */
  public static ConvDecoderConfig channels(int channels) {
    return ConvDecoderConfig.of(channels);
  }

  @Override
  public Optional<Config> config() {
    return Optional.of(config);
  }

  @Override
  protected int pixelsPerVector() {
    return 1 << 2 * config.upsample();
  }

  @Override
  protected Tensor compute(Tensor vectors) {
    return decode(vectors);
  }
}
