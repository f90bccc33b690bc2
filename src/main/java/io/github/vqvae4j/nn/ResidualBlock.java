package io.github.vqvae4j.nn;

import io.github.vqvae4j.nn.ResidualConfig.Skip;
import io.github.vqvae4j.random.Rng;
import io.github.vqvae4j.tensor.Tensor;

/**
 * One block of a {@link ResidualStack}: {@code skip + project(relu(conv(relu(x))))} with a 3x3
 * convolution {@code conv} to the hidden channels and a 1x1 convolution {@code project} back; the
 * skip is x or, if so set, relu(x).
 */
public final class ResidualBlock extends Layer {
  private final Skip skip;
  private final Conv2d conv;
  private final Conv2d project;

  /**
   * A block.
   *
   * @param channels of the images
   * @param config its settings; how many blocks there are is the stack's concern
   * @param initializer how the weights start
   * @param rng where they are drawn from
   */
  public ResidualBlock(int channels, ResidualConfig config, Initializer initializer, Rng rng) {
    this(channels, config, initializer, rng, false);
  }

  /** The last of a stack has the stack's final relu done by its own convolution. */
  ResidualBlock(
      int channels, ResidualConfig config, Initializer initializer, Rng rng, boolean last) {
    skip = config.skip();
    ConvConfig in = ConvConfig.of(channels, config.hidden(), 3).padding(1).relu(true);
    ConvConfig out = ConvConfig.of(config.hidden(), channels, 1).relu(last);
    conv = child("conv", new Conv2d(in.bias(config.bias()).initializer(initializer), rng));
    project = child("project", new Conv2d(out.bias(config.bias()).initializer(initializer), rng));
  }

  @Override
  protected Tensor compute(Tensor x) {
    Tensor rectified = x.relu();
    Tensor hidden = conv.forward(rectified);
    return project
        .addTo(skip == Skip.INPUT ? x : rectified, hidden)
        .releasing(hidden)
        .releasing(rectified);
  }
}
