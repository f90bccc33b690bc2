package io.github.vqvae4j.model.blocks;

import io.github.vqvae4j.nn.Conv2d;
import io.github.vqvae4j.nn.ConvTranspose2d;
import io.github.vqvae4j.nn.ResidualStack;
import io.github.vqvae4j.random.Rng;
import io.github.vqvae4j.tensor.Tensor;
import java.util.Optional;

/**
 * The convolutional decoder of the VQ-VAE paper (van den Oord et al. 2017, section 4.1, with
 * Sonnet's sizes): latents [b, h, w, D] to images [b, 2^n h, 2^n w, channels].
 *
 * <p>A 3x3 convolution to the hidden channels; a {@link ResidualStack}; n upsampling stages of
 * factor 2, the last to the image channels, the one before to half the hidden channels, with a ReLU
 * between stages. For n = 0, a 3x3 convolution to the image channels is the last layer.
 *
 * <pre>{@code
 * VqVae model = VqVae.builder()
 *     .encoder(ConvEncoder.channels(3))
 *     .quantizer(VectorQuantizer.ema(512, 64))
 *     .decoder(ConvDecoder.channels(3).upsampleMode(ConvDecoderConfig.UpsampleMode.NEAREST))
 *     .build();
 * }</pre>
 */
public final class ConvDecoder extends UpsamplingDecoder {
  private final ConvDecoderConfig config;

  /**
   * Creates a decoder.
   *
   * @param config the settings
   * @param dimension D, the number of input channels
   * @param rng the random number generator for the initial weights
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
   * Returns the default settings for images with the given number of channels.
   *
   * @param channels 1 for grayscale images, 3 for color images
   * @return the settings
   */
  public static ConvDecoderConfig channels(int channels) {
    return ConvDecoderConfig.of(channels);
  }

  @Override
  public Optional<Config> config() {
    return Optional.of(config);
  }

  @Override
  public int pixelsPerVector() {
    return 1 << 2 * config.upsample();
  }

  @Override
  protected Tensor compute(Tensor latents) {
    return decode(latents);
  }
}
