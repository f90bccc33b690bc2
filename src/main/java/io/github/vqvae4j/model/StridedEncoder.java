package io.github.vqvae4j.model;

import io.github.vqvae4j.nn.Conv2d;
import io.github.vqvae4j.nn.ConvConfig;
import io.github.vqvae4j.nn.Sequential;
import io.github.vqvae4j.random.Rng;
import io.github.vqvae4j.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The small encoder of Keras's VQ-VAE example: images [b, h, w, channels] to vectors [b, h/2^n,
 * w/2^n, D].
 *
 * <p>n convolutions 3x3 of stride 2, each with a rectified linear unit; a convolution 1x1 to D.
 * Padding is Keras's: one row of zeros at the bottom, one column at the right. There is no residual
 * stack; {@link ConvEncoder} has one.
 */
public final class StridedEncoder extends Encoder {
  private final StridedEncoderConfig config;
  private final Sequential down;
  private final Conv2d project;

  /**
   * An encoder.
   *
   * @param config its settings
   * @param dimension D, the channels of its result
   * @param rng where the weights are drawn from
   */
  public StridedEncoder(StridedEncoderConfig config, int dimension, Rng rng) {
    this.config = config;
    List<Conv2d> halvings = new ArrayList<>();
    int in = config.channels();
    for (int out : config.widths()) {
      ConvConfig halving = ConvConfig.of(in, out, 3).stride(2).same().relu(true);
      halvings.add(new Conv2d(halving.initializer(config.initializer()), rng));
      in = out;
    }
    down = child("down", Sequential.of(halvings));
    ConvConfig last = ConvConfig.of(in, dimension, 1).initializer(config.initializer());
    project = child("project", new Conv2d(last, rng));
  }

  /**
   * Settings for images of so many channels.
   *
   * @param channels 1 for gray images, 3 for colour
   * @return the settings, to be changed or built
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
        "StridedEncoder", images, config.channels(), config.widths().size(), "widths");
    return chain(images, List.of(down, project));
  }
}
