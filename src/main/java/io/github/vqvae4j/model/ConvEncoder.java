package io.github.vqvae4j.model;

import io.github.vqvae4j.nn.Conv2d;
import io.github.vqvae4j.nn.ConvConfig;
import io.github.vqvae4j.nn.ResidualStack;
import io.github.vqvae4j.nn.Sequential;
import io.github.vqvae4j.random.Rng;
import io.github.vqvae4j.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The convolutional encoder of VQ-VAE (van den Oord et al. 2017, section 4.1, in Sonnet's sizes):
 * images [b, h, w, channels] to vectors [b, h/2^n, w/2^n, D].
 *
 * <p>n convolutions 4x4 of stride 2, the first to half the hidden channels, the others to all; a
 * convolution 3x3; rectified linear units after each; a {@link ResidualStack}; a convolution 1x1 to
 * D.
 */
public final class ConvEncoder extends Encoder {
  private final ConvEncoderConfig config;
  private final Sequential down;
  private final Conv2d mix;
  private final ResidualStack residual;
  private final Conv2d project;

  /**
   * An encoder.
   *
   * @param config its settings
   * @param dimension D, the channels of its result
   * @param rng where the weights are drawn from
   */
  public ConvEncoder(ConvEncoderConfig config, int dimension, Rng rng) {
    this.config = config;
    int hidden = config.hidden();
    List<Conv2d> halvings = new ArrayList<>();
    int in = config.channels();
    for (int i = 0; i < config.downsample(); i++) {
      int out = i == 0 ? hidden / 2 : hidden;
      halvings.add(new Conv2d(conv(in, out, 4).stride(2).padding(1).relu(true), rng));
      in = out;
    }
    down = child("down", Sequential.of(halvings));
    mix = child("mix", new Conv2d(conv(in, hidden, 3).padding(1).relu(true), rng));
    residual =
        child("residual", new ResidualStack(hidden, config.residual(), config.initializer(), rng));
    project = child("project", new Conv2d(conv(hidden, dimension, 1), rng));
  }

  private ConvConfig conv(int in, int out, int kernel) {
    return ConvConfig.of(in, out, kernel).initializer(config.initializer());
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
    return chain(images, List.of(down, mix, residual, project));
  }
}
