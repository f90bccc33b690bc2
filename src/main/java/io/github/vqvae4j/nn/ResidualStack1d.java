package io.github.vqvae4j.nn;

import io.github.vqvae4j.random.Rng;
import io.github.vqvae4j.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;

/**
 * A residual stack that looks far along time (as in WaveNet, van den Oord et al. 2016, section 2.1,
 * and Jukebox's VQ-VAE, Dhariwal et al. 2020, section 3): some {@link ResidualBlock1d}s and a
 * rectified linear unit, [b, time, channels] to the same shape. Block i, counted from 0, has the
 * dilation growth^i, so that each result sees {@code 1 + 2 (1 + growth + .. + growth^(blocks - 1))}
 * times.
 */
public final class ResidualStack1d extends Layer {
  private static final int MOST = 1 << 16;

  private final List<ResidualBlock1d> blocks = new ArrayList<>();

  /**
   * A stack.
   *
   * @param channels of the sequences
   * @param config how many blocks, and their settings
   * @param growth what each block's dilation is multiplied by for the next, at least 1
   * @param initializer how the weights start
   * @param rng where they are drawn from
   * @throws IllegalArgumentException as {@link #checkGrowth} says
   */
  public ResidualStack1d(
      int channels, ResidualConfig config, int growth, Initializer initializer, Rng rng) {
    checkGrowth(config, growth);
    int dilation = 1;
    for (int i = 0; i < config.blocks(); i++) {
      boolean last = i == config.blocks() - 1;
      ResidualBlock1d block =
          new ResidualBlock1d(channels, config, dilation, initializer, rng, last);
      blocks.add(child(Integer.toString(i), block));
      dilation *= last ? 1 : growth;
    }
  }

  /**
   * Checks that dilations stay within what makes sense.
   *
   * @param config how many blocks
   * @param growth what each block's dilation is multiplied by for the next
   * @throws IllegalArgumentException if growth is below 1, or a dilation would be above 65,536
   */
  public static void checkGrowth(ResidualConfig config, int growth) {
    if (growth < 1 || Math.pow(growth, config.blocks() - 1) > MOST) {
      throw new IllegalArgumentException(
          "ResidualStack1d: expected a growth of at least 1 and dilations growth^(blocks - 1) of at"
              + " most "
              + MOST
              + ", got growth "
              + growth
              + " and "
              + config.blocks()
              + " blocks. Take less of either.");
    }
  }

  @Override
  protected Tensor compute(Tensor x) {
    return blocks.isEmpty() ? x.relu() : chain(x, blocks);
  }
}
