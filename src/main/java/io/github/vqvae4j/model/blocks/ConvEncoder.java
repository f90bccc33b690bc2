package io.github.vqvae4j.model.blocks;

import io.github.vqvae4j.nn.Conv2d;
import io.github.vqvae4j.nn.ResidualStack;
import io.github.vqvae4j.random.Rng;
import io.github.vqvae4j.tensor.Tensor;
import java.util.Optional;

/**
 * The convolutional encoder of the VQ-VAE paper (van den Oord et al. 2017, section 4.1, with
 * Sonnet's sizes): images [b, h, w, channels] to latents [b, h/2^n, w/2^n, D].
 *
 * <p>The encoder consists of n 4x4 convolutions with stride 2, of which the first has half the
 * hidden channels and the others have all of them, and a 3x3 convolution, each followed by a ReLU;
 * then a {@link ResidualStack} and a 1x1 convolution to D channels.
 *
 * <pre>{@code
 * VqVae model = VqVae.builder()
 *     .encoder(ConvEncoder.channels(3).hidden(64).downsample(3).residual(2, 32))
 *     .quantizer(VectorQuantizer.ema(512, 64))
 *     .decoder(ConvDecoder.channels(3).hidden(64).upsample(3).residual(2, 32))
 *     .build();
 * }</pre>
 */
public final class ConvEncoder extends DownsamplingEncoder {
  private final ConvEncoderConfig config;

  /**
   * Creates an encoder.
   *
   * @param config the settings
   * @param dimension D, the number of output channels
   * @param rng the random number generator for the initial weights
   */
  public ConvEncoder(ConvEncoderConfig config, int dimension, Rng rng) {
    super(Conv2d::new, config, config.downsample(), dimension, rng);
    this.config = config;
  }

  /**
   * Returns the default settings for images with the given number of channels.
   *
   * @param channels 1 for grayscale images, 3 for color images
   * @return the settings
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
    InputImages.check(
        "ConvEncoder", images, config.channels(), config.downsample(), "a smaller downsample");
    return encode(images);
  }
}
