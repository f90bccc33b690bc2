package io.github.vqvae4j.nn;

import io.github.vqvae4j.random.Rng;
import io.github.vqvae4j.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;

/**
 * The residual stack of VQ-VAE (van den Oord et al. 2017, section 4.1): some {@link ResidualBlock}s
 * and a rectified linear unit, [b, h, w, channels] to the same shape.
 */
public final class ResidualStack extends Layer {
  private final List<ResidualBlock> blocks = new ArrayList<>();

  /**
   * A stack.
   *
   * @param channels of the images
   * @param config how many blocks, and their settings
   * @param initializer how the weights start
   * @param rng where they are drawn from
   */
  public ResidualStack(int channels, ResidualConfig config, Initializer initializer, Rng rng) {
    for (int i = 0; i < config.blocks(); i++) {
      boolean last = i == config.blocks() - 1;
      ResidualBlock block = new ResidualBlock(channels, config, initializer, rng, last);
      blocks.add(child(Integer.toString(i), block));
    }
  }

  @Override
  protected Tensor compute(Tensor x) {
    return blocks.isEmpty() ? x.relu() : chain(x, blocks);
  }
}
