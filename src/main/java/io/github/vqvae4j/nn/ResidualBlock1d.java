package io.github.vqvae4j.nn;

import io.github.vqvae4j.nn.ResidualConfig.Skip;
import io.github.vqvae4j.random.Rng;
import io.github.vqvae4j.tensor.Tensor;

/**
 * One block of a {@link ResidualStack1d}, [b, time, channels] to the same shape: {@code skip +
 * project(relu(conv(relu(x))))} with a convolution {@code conv} of kernel 3 to the hidden channels,
 * dilated, and one of kernel 1, {@code project}, back; the skip is x or, if so set, relu(x).
 */
public final class ResidualBlock1d extends Layer {
  private final Skip skip;
  private final Conv1d conv;
  private final Conv1d project;

  /**
   * A block.
   *
   * @param channels of the sequences
   * @param config its settings; how many blocks there are is the stack's concern
   * @param dilation times from one element of the kernel to the next, at least 1
   * @param initializer how the weights start
   * @param rng where they are drawn from
   */
  public ResidualBlock1d(
      int channels, ResidualConfig config, int dilation, Initializer initializer, Rng rng) {
    this(channels, config, dilation, initializer, rng, false);
  }

  /** The last of a stack has the stack's final relu done by its own convolution. */
  ResidualBlock1d(
      int channels,
      ResidualConfig config,
      int dilation,
      Initializer initializer,
      Rng rng,
      boolean last) {
    skip = config.skip();
    ConvConfig in = ConvConfig.of(channels, config.hidden(), 3).dilation(dilation).relu(true);
    ConvConfig out = ConvConfig.of(config.hidden(), channels, 1).relu(last);
    ConvConfig sameTime = in.padding(dilation).bias(config.bias()).initializer(initializer);
    conv = child("conv", new Conv1d(sameTime, rng));
    project = child("project", new Conv1d(out.bias(config.bias()).initializer(initializer), rng));
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
