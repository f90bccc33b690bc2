package io.github.vqvae4j.nn;

import io.github.vqvae4j.config.Records;
import io.github.vqvae4j.config.Require;

/**
 * The settings of a {@link ResidualStack} and of each {@link ResidualBlock} in it: {@code skip +
 * project(relu(conv(relu(x))))}, where block i has a dilation of dilationGrowth^i.
 *
 * <pre>{@code
 * ResidualConfig config = ResidualConfig.of(2, 32).bias(false);
 * }</pre>
 *
 * @param blocks the number of blocks, at least 0
 * @param hidden the number of channels between the two convolutions of a block, at least 1
 * @param bias whether the convolutions have a bias; by default true
 * @param skip the skip connection; by default {@link Skip#INPUT}
 * @param dilationGrowth the factor of the dilation from block to block, from 1 to 65,536; by
 *     default 1, and 3 in series encoders and decoders
 */
public record ResidualConfig(int blocks, int hidden, boolean bias, Skip skip, int dilationGrowth) {
  /** The skip connection of a block with input x. */
  public enum Skip {
    /** x itself. */
    INPUT,
    /** relu(x), as in implementations that apply the ReLU in place. */
    RECTIFIED
  }

  private static final int MAX_DILATION = 1 << 16;

  /**
   * Validates the settings.
   *
   * @throws IllegalArgumentException if a value is out of range, or the largest dilation,
   *     dilationGrowth^(blocks - 1), would be greater than 65,536
   */
  public ResidualConfig {
    Require.that(blocks >= 0, "ResidualConfig.blocks", "at least 0", blocks);
    Require.that(hidden >= 1, "ResidualConfig.hidden", "at least 1", hidden);
    Require.nonNull(Skip.class, "ResidualConfig.skip", skip);
    Require.that(
        dilationGrowth >= 1 && dilationGrowth <= MAX_DILATION,
        "ResidualConfig.dilationGrowth",
        "1 to " + MAX_DILATION,
        dilationGrowth);
    Require.that(
        Math.pow(dilationGrowth, blocks - 1) <= MAX_DILATION,
        "ResidualConfig.dilationGrowth",
        "dilations dilationGrowth^(blocks - 1) of at most " + MAX_DILATION,
        dilationGrowth + " with " + blocks + " blocks",
        "use fewer blocks or a smaller dilationGrowth, and set dilationGrowth first");
  }

  /**
   * Creates the default settings.
   *
   * @param blocks the number of blocks
   * @param hidden the number of hidden channels of each block
   * @return the settings
   */
  public static ResidualConfig of(int blocks, int hidden) {
    return new ResidualConfig(blocks, hidden, true, Skip.INPUT, 1);
  }

  /**
   * Sets whether the convolutions have a bias.
   *
   * @param withBias whether the convolutions have a bias
   * @return a copy with the new value
   */
  public ResidualConfig bias(boolean withBias) {
    return Records.with(this, "bias", withBias);
  }

  /**
   * Sets the skip connection.
   *
   * @param newSkip the new skip connection
   * @return a copy with the new value
   */
  public ResidualConfig skip(Skip newSkip) {
    return Records.with(this, "skip", newSkip);
  }

  /**
   * Sets the growth of the dilation from block to block. Values greater than 1 increase the
   * receptive field exponentially with the number of blocks.
   *
   * @param factor the factor from one block to the next
   * @return a copy with the new value
   */
  public ResidualConfig dilationGrowth(int factor) {
    return Records.with(this, "dilationGrowth", factor);
  }
}
