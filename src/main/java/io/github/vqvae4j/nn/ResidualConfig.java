package io.github.vqvae4j.nn;

import io.github.vqvae4j.config.Records;
import io.github.vqvae4j.config.Require;

/**
 * The settings of a {@link ResidualStack} and of each {@link ResidualBlock} in it: {@code skip +
 * project(relu(conv(relu(x))))}, block i with the dilation dilationGrowth^i.
 *
 * <pre>{@code
 * ResidualConfig.of(2, 32).bias(false)
 * }</pre>
 *
 * @param blocks how many, at least 0
 * @param hidden channels between the two convolutions of a block, at least 1
 * @param bias whether the convolutions add a bias; by default true
 * @param skip what is added to what the convolutions give; by default {@link Skip#INPUT}
 * @param dilationGrowth what each block's dilation is multiplied by for the next, from 1 to 65,536;
 *     by default 1, and 3 in series encoders and decoders
 */
public record ResidualConfig(int blocks, int hidden, boolean bias, Skip skip, int dilationGrowth) {
  /** What goes past the convolutions of a block, whose input is x. */
  public enum Skip {
    /** x itself. */
    INPUT,
    /** relu(x): what is left of x where the rectified linear unit overwrites it. */
    RECTIFIED
  }

  private static final int LARGEST_DILATION = 1 << 16;

  /**
   * Checks the settings.
   *
   * @throws IllegalArgumentException if a number is out of its range, or the largest dilation,
   *     dilationGrowth^(blocks - 1), would be above 65,536
   */
  public ResidualConfig {
    Require.that(blocks >= 0, "ResidualConfig.blocks", "at least 0", blocks);
    Require.that(hidden >= 1, "ResidualConfig.hidden", "at least 1", hidden);
    Require.present(Skip.class, "ResidualConfig.skip", skip);
    Require.that(
        dilationGrowth >= 1 && dilationGrowth <= LARGEST_DILATION,
        "ResidualConfig.dilationGrowth",
        "1 to " + LARGEST_DILATION,
        dilationGrowth);
    Require.that(
        Math.pow(dilationGrowth, blocks - 1) <= LARGEST_DILATION,
        "ResidualConfig.dilationGrowth",
        "dilations dilationGrowth^(blocks - 1) of at most " + LARGEST_DILATION,
        dilationGrowth + " with " + blocks + " blocks",
        "take fewer blocks or a smaller dilationGrowth, and set dilationGrowth first");
  }

  /**
   * The defaults.
   *
   * @param blocks how many
   * @param hidden channels inside each
   * @return the settings
   */
  public static ResidualConfig of(int blocks, int hidden) {
    return new ResidualConfig(blocks, hidden, true, Skip.INPUT, 1);
  }

  /**
   * Sets whether the convolutions add a bias.
   *
   * @param withBias whether
   * @return these settings with it
   */
  public ResidualConfig bias(boolean withBias) {
    return Records.with(this, "bias", withBias);
  }

  /**
   * Sets what is added to what the convolutions give.
   *
   * @param newSkip what
   * @return these settings with it
   */
  public ResidualConfig skip(Skip newSkip) {
    return Records.with(this, "skip", newSkip);
  }

  /**
   * Sets how far the stack looks: 1 for as far as its blocks alone, more for further.
   *
   * @param factor of the dilation from block to block
   * @return these settings with it
   */
  public ResidualConfig dilationGrowth(int factor) {
    return Records.with(this, "dilationGrowth", factor);
  }
}
