package io.github.vqvae4j.model;

import io.github.vqvae4j.nn.Conv2d;
import io.github.vqvae4j.nn.ResidualStack;
import io.github.vqvae4j.random.Rng;
import io.github.vqvae4j.tensor.Tensor;
import java.util.Optional;

/**
 * The convolutional encoder of VQ-VAE (van den Oord et al. 2017, section 4.1, in Sonnet's sizes):
 * images [b, h, w, channels] to vectors [b, h/2^n, w/2^n, D].
 *
 * <p>n convolutions 4x4 of stride 2, the first to half the hidden channels, the others to all; a
 * convolution 3x3; rectified linear units after each; a {@link ResidualStack}; a convolution 1x1 to
 * D.
 */
public final class ConvEncoder extends DownsamplingEncoder {
  private final ConvEncoderConfig config;

  /**
   * An encoder.
   *
   * @param config its settings
   * @param dimension D, the channels of its result
   * @param rng where the weights are drawn from
   */
  public ConvEncoder(ConvEncoderConfig config, int dimension, Rng rng) {
    super(Conv2d::new, config, config.downsample(), dimension, rng);
    this.config = config;
  }

  /**
   * Settings for images of so many channels.
   *
   * @param channels 1 for gray images, 3 for colour
   * @return the settings, to be changed or built
   */
  public static ConvEncoderConfig channels(int channels) {
    return ConvEncoderConfig.of(channels);
  }

  @Override
  public Optional<Config> config() {
    return Optional.of(config);
  }

  @Override
  protected Tensor compute(Tensor images) {
    InputImages.check("ConvEncoder", images, config.channels(), config.downsample(), "downsample");
    return encode(images);
  }
}
