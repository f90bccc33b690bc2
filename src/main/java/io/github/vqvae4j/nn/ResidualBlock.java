package io.github.vqvae4j.nn;

import io.github.vqvae4j.nn.ResidualConfig.Skip;
import io.github.vqvae4j.random.Rng;
import io.github.vqvae4j.tensor.Tensor;

/**
 * One block of a {@link ResidualStack}. Maps [b, h, w, channels] or [b, time, channels] to the same
 * shape: {@code skip + project(relu(conv(relu(x))))}. {@code conv} is a dilated convolution with
 * kernel size 3 to the hidden channels, {@code project} a convolution with kernel size 1 back to
 * the input channels. The skip connection is x or relu(x), see {@link ResidualConfig.Skip}.
 */
public final class ResidualBlock extends Layer {
  private final Skip skip;
  private final Convolution conv;
  private final Convolution project;

  /**
   * Creates a layer.
   *
   * @param factory {@code Conv2d::new} for images, {@code Conv1d::new} for sequences
   * @param channels the number of input channels
   * @param config the settings; the number of blocks and the growth of the dilation are ignored
   * @param dilation the distance between kernel elements in pixels or time steps, at least 1
   * @param initializer the weight initialization
   * @param rng the random number generator for the initial weights
   */
  public ResidualBlock(
      Convolution.Factory factory,
      int channels,
      ResidualConfig config,
      int dilation,
      Initializer initializer,
      Rng rng) {
    this(factory, channels, config, dilation, initializer, rng, false);
  }

  /** Creates a block; the last block of a stack includes the stack's final ReLU. */
  ResidualBlock(
      Convolution.Factory factory,
      int channels,
      ResidualConfig config,
      int dilation,
      Initializer initializer,
      Rng rng,
      boolean last) {
    skip = config.skip();
    ConvConfig in = ConvConfig.of(channels, config.hidden(), 3).dilation(dilation).relu(true);
    ConvConfig out = ConvConfig.of(config.hidden(), channels, 1).relu(last);
    ConvConfig sameSize = in.padding(dilation).bias(config.bias()).initializer(initializer);
    conv = child("conv", factory.create(sameSize, rng));
    project =
        child("project", factory.create(out.bias(config.bias()).initializer(initializer), rng));
  }

  @Override
  protected Tensor compute(Tensor x) {
    Tensor rectified = x.relu();
    Tensor hidden = conv.forward(rectified);
    return project
        .addTo(skip == Skip.INPUT ? x : rectified, hidden)
        .release(hidden)
        .release(rectified);
  }
}
