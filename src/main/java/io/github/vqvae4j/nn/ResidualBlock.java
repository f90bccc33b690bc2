package io.github.vqvae4j.nn;

import io.github.vqvae4j.tensor.Rng;
import io.github.vqvae4j.tensor.Tensor;

/**
 * One block of a {@link ResidualStack}: {@code x + project(relu(conv(relu(x))))} with a 3x3
 * convolution {@code conv} to the hidden channels and a 1x1 convolution {@code project} back.
 */
public final class ResidualBlock extends Layer {
  private final Conv2d conv;
  private final Conv2d project;

  /**
   * A block.
   *
   * @param channels of the images
   * @param hidden channels between the two convolutions
   * @param initializer how the weights start
   * @param rng where they are drawn from
   */
  public ResidualBlock(int channels, int hidden, Initializer initializer, Rng rng) {
    conv =
        child(
            "conv",
            new Conv2d(
                ConvConfig.of(channels, hidden, 3).padding(1).relu(true).initializer(initializer),
                rng));
    project =
        child(
            "project",
            new Conv2d(ConvConfig.of(hidden, channels, 1).initializer(initializer), rng));
  }

  @Override
  protected Tensor compute(Tensor x) {
    return project.addTo(x, conv.forward(x.relu()));
  }
}
