package io.github.vqvae4j.model;

import io.github.vqvae4j.model.ConvDecoderConfig.Doubling;
import io.github.vqvae4j.nn.Conv2d;
import io.github.vqvae4j.nn.ConvConfig;
import io.github.vqvae4j.nn.ConvTranspose2d;
import io.github.vqvae4j.nn.Layer;
import io.github.vqvae4j.nn.ResidualStack;
import io.github.vqvae4j.nn.Sequential;
import io.github.vqvae4j.nn.Upsample;
import io.github.vqvae4j.random.Rng;
import io.github.vqvae4j.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The convolutional decoder of VQ-VAE (van den Oord et al. 2017, section 4.1, in Sonnet's sizes):
 * vectors [b, h, w, D] to images [b, 2^n h, 2^n w, channels].
 *
 * <p>A convolution 3x3 to the hidden channels; a {@link ResidualStack}; n doublings of the size,
 * the last to the image's channels, the one before to half the hidden channels, with rectified
 * linear units between. For n = 0 a convolution 3x3 to the image's channels ends it.
 */
public final class ConvDecoder extends Decoder {
  private final ConvDecoderConfig config;
  private final Conv2d mix;
  private final ResidualStack residual;
  private final Sequential up;

  /**
   * A decoder.
   *
   * @param config its settings
   * @param dimension D, the channels of its input
   * @param rng where the weights are drawn from
   */
  public ConvDecoder(ConvDecoderConfig config, int dimension, Rng rng) {
    this.config = config;
    int hidden = config.hidden();
    mix = child("mix", new Conv2d(conv(dimension, hidden, 3).padding(1), rng));
    residual =
        child("residual", new ResidualStack(hidden, config.residual(), config.initializer(), rng));
    List<Layer> layers = new ArrayList<>();
    int in = hidden;
    for (int left = config.upsample() - 1; left >= 0; left--) {
      int out = left == 0 ? config.channels() : left == 1 ? hidden / 2 : hidden;
      addDoubling(layers, in, out, left > 0, rng);
      in = out;
    }
    if (layers.isEmpty()) {
      layers.add(new Conv2d(conv(hidden, config.channels(), 3).padding(1), rng));
    }
    up = child("up", Sequential.of(layers));
  }

  private void addDoubling(List<Layer> layers, int in, int out, boolean relu, Rng rng) {
    if (config.doubling() == Doubling.TRANSPOSED) {
      layers.add(new ConvTranspose2d(conv(in, out, 4).stride(2).padding(1).relu(relu), rng));
    } else {
      layers.add(new Upsample(2));
      layers.add(new Conv2d(conv(in, out, 3).padding(1).relu(relu), rng));
    }
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
    return chain(vectors, List.of(mix, residual, up));
  }
}
