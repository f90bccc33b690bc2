package io.github.vqvae4j.model.blocks;

import io.github.vqvae4j.nn.Conv2d;
import io.github.vqvae4j.nn.ConvConfig;
import io.github.vqvae4j.nn.Sequential;
import io.github.vqvae4j.random.Rng;
import io.github.vqvae4j.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The small encoder of the Keras VQ-VAE example: images [b, h, w, channels] to latents [b, h/2^n,
 * w/2^n, D].
 *
 * <p>n 3x3 convolutions with stride 2, each followed by a ReLU, and a 1x1 convolution to D
 * channels. The padding is that of Keras: one row of zeros at the bottom and one column at the
 * right. For an encoder with a residual stack, see {@link ConvEncoder}.
 */
public final class StridedEncoder extends Encoder {
  private final StridedEncoderConfig config;
  private final Sequential down;
  private final Conv2d project;

  /**
   * Creates an encoder.
   *
   * @param config the settings
   * @param dimension D, the number of output channels
   * @param rng the random number generator for the initial weights
   */
  public StridedEncoder(StridedEncoderConfig config, int dimension, Rng rng) {
    this.config = config;
    List<Conv2d> convolutions = new ArrayList<>();
    int in = config.channels();
    for (int out : config.widths()) {
      ConvConfig conv = ConvConfig.of(in, out, 3).stride(2).same().relu(true);
      convolutions.add(new Conv2d(conv.initializer(config.initializer()), rng));
      in = out;
    }
    down = child("down", Sequential.of(convolutions));
    ConvConfig last = ConvConfig.of(in, dimension, 1).initializer(config.initializer());
    project = child("project", new Conv2d(last, rng));
  }

  /**
   * Returns the default settings for images with the given number of channels.
   *
   * @param channels 1 for grayscale images, 3 for color images
   * @return the settings
   */
  public static StridedEncoderConfig channels(int channels) {
    return StridedEncoderConfig.of(channels);
  }

  @Override
  public Optional<Config> config() {
    return Optional.of(config);
  }

  @Override
  protected Tensor compute(Tensor images) {
    InputImages.check(
        "StridedEncoder", images, config.channels(), config.widths().size(), "fewer widths");
    return chain(images, List.of(down, project));
  }
}
