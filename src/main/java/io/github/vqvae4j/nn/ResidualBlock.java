package io.github.vqvae4j.nn;

import io.github.vqvae4j.nn.ResidualConfig.Skip;
import io.github.vqvae4j.random.Rng;
import io.github.vqvae4j.tensor.Tensor;

/**
 * One block of a {@link ResidualStack}, [b, h, w, channels] or [b, time, channels] to the same
 * shape: {@code skip + project(relu(conv(relu(x))))} with a dilated convolution {@code conv} of
 * kernel 3 to the hidden channels and one of kernel 1, {@code project}, back; the skip is x or, if
 * so set, relu(x).
 */
public final class ResidualBlock extends Layer {
  private final Skip skip;
  private final Convolution conv;
  private final Convolution project;

  /**
   * A block.
   *
   * @param kind {@code Conv2d::new} for images, {@code Conv1d::new} for sequences
   * @param channels of the input
   * @param config its settings; how many blocks there are, and how their dilation grows, is the
   *     stack's concern
   * @param dilation pixels or times from one element of the kernel to the next, at least 1
   * @param initializer how the weights start
   * @param rng where they are drawn from
   */
  public ResidualBlock(
      Convolution.Kind kind,
      int channels,
      ResidualConfig config,
      int dilation,
      Initializer initializer,
      Rng rng) {
    this(kind, channels, config, dilation, initializer, rng, false);
  }

  /** The last of a stack has the stack's final relu done by its own convolution. */
  ResidualBlock(
      Convolution.Kind kind,
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
    conv = child("conv", kind.of(sameSize, rng));
    project = child("project", kind.of(out.bias(config.bias()).initializer(initializer), rng));
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
