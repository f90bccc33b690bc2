package io.github.vqvae4j.nn;

import io.github.vqvae4j.random.Rng;
import io.github.vqvae4j.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;

/**
 * The residual stack of VQ-VAE (van den Oord et al. 2017, section 4.1): a sequence of {@link
 * ResidualBlock}s followed by a ReLU. Maps [b, h, w, channels] or [b, time, channels] to the same
 * shape.
 *
 * <p>Block i, counted from 0, has a dilation of dilationGrowth^i, by default 1. A larger growth
 * gives a large receptive field, {@code 1 + 2 (1 + dilationGrowth + .. + dilationGrowth^(blocks -
 * 1))} pixels or time steps, as in WaveNet (van den Oord et al. 2016, section 2.1) and Jukebox's
 * VQ-VAE (Dhariwal et al. 2020, section 3).
 *
 * <pre>{@code
 * ResidualStack stack =
 *     new ResidualStack(
 *         Conv1d::new, 64, ResidualConfig.of(4, 32).dilationGrowth(3), Initializer.TORCH, new Rng(42));
 * try (Step step = Step.inference()) {
 *   Tensor output = stack.forward(step.tensor(new float[100 * 64], 1, 100, 64)); // [1, 100, 64]
 * }
 * }</pre>
 */
public final class ResidualStack extends Layer {
  private final List<ResidualBlock> blocks = new ArrayList<>();

  /**
   * Creates a layer.
   *
   * @param factory {@code Conv2d::new} for images, {@code Conv1d::new} for sequences
   * @param channels the number of input channels
   * @param config the number of blocks and their settings
   * @param initializer the weight initialization
   * @param rng the random number generator for the initial weights
   */
  public ResidualStack(
      Convolution.Factory factory,
      int channels,
      ResidualConfig config,
      Initializer initializer,
      Rng rng) {
    int dilation = 1;
    for (int i = 0; i < config.blocks(); i++) {
      boolean last = i == config.blocks() - 1;
      ResidualBlock block =
          new ResidualBlock(factory, channels, config, dilation, initializer, rng, last);
      blocks.add(child(Integer.toString(i), block));
      dilation *= last ? 1 : config.dilationGrowth();
    }
  }

  @Override
  protected Tensor compute(Tensor x) {
    return blocks.isEmpty() ? x.relu() : chain(x, blocks);
  }
}
