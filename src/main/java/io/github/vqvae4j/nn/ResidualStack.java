package io.github.vqvae4j.nn;

import io.github.vqvae4j.random.Rng;
import io.github.vqvae4j.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;

/**
 * The residual stack of VQ-VAE (van den Oord et al. 2017, section 4.1): some {@link ResidualBlock}s
 * and a rectified linear unit, [b, h, w, channels] or [b, time, channels] to the same shape.
 *
 * <p>Block i, counted from 0, has the dilation dilationGrowth^i, 1 by default. With a larger growth
 * the stack looks far, as along time in WaveNet (van den Oord et al. 2016, section 2.1) and in
 * Jukebox's VQ-VAE (Dhariwal et al. 2020, section 3): each result sees {@code 1 + 2 (1 +
 * dilationGrowth + .. + dilationGrowth^(blocks - 1))} pixels or times.
 *
 * <pre>{@code
 * new ResidualStack(Conv1d::new, 64, ResidualConfig.of(4, 32).dilationGrowth(3), Initializer.TORCH, rng)
 * }</pre>
 */
public final class ResidualStack extends Layer {
  private final List<ResidualBlock> blocks = new ArrayList<>();

  /**
   * A stack.
   *
   * @param kind {@code Conv2d::new} for images, {@code Conv1d::new} for sequences
   * @param channels of the input
   * @param config how many blocks, and their settings
   * @param initializer how the weights start
   * @param rng where they are drawn from
   */
  public ResidualStack(
      Convolution.Kind kind,
      int channels,
      ResidualConfig config,
      Initializer initializer,
      Rng rng) {
    int dilation = 1;
    for (int i = 0; i < config.blocks(); i++) {
      boolean last = i == config.blocks() - 1;
      ResidualBlock block =
          new ResidualBlock(kind, channels, config, dilation, initializer, rng, last);
      blocks.add(child(Integer.toString(i), block));
      dilation *= last ? 1 : config.dilationGrowth();
    }
  }

  @Override
  protected Tensor compute(Tensor x) {
    return blocks.isEmpty() ? x.relu() : chain(x, blocks);
  }
}
