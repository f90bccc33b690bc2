package io.github.vqvae4j.nn;

/**
 * The settings of a {@link ResidualStack} and of each {@link ResidualBlock} in it.
 *
 * @param blocks how many, at least 0
 * @param hidden channels between the two convolutions of a block, at least 1
 * @param bias whether the convolutions add a bias; by default true
 * @param skip what is added to what the convolutions give; by default {@link Skip#INPUT}
 */
public record ResidualConfig(int blocks, int hidden, boolean bias, Skip skip) {
  /** What goes past the convolutions of a block, whose input is x. */
  public enum Skip {
    /** x itself. */
    INPUT,
    /** relu(x): what is left of x where the rectified linear unit overwrites it. */
    RECTIFIED
  }

  /**
   * Checks the settings.
   *
   * @throws IllegalArgumentException if a number is out of its range
   */
  public ResidualConfig {
    if (blocks < 0 || hidden < 1) {
      throw new IllegalArgumentException(
          "ResidualConfig: expected residual blocks of at least 0 and residual hidden channels of"
              + " at least 1, got "
              + blocks
              + " blocks of "
              + hidden
              + ".");
    }
  }

  /**
   * The defaults.
   *
   * @param blocks how many
   * @param hidden channels inside each
   * @return the settings
   */
  public static ResidualConfig of(int blocks, int hidden) {
    return new ResidualConfig(blocks, hidden, true, Skip.INPUT);
  }

  /**
   * Sets whether the convolutions add a bias.
   *
   * @param withBias whether
   * @return these settings with it
   */
  public ResidualConfig bias(boolean withBias) {
    return new ResidualConfig(blocks, hidden, withBias, skip);
  }

  /**
   * Sets what is added to what the convolutions give.
   *
   * @param newSkip what
   * @return these settings with it
   */
  public ResidualConfig skip(Skip newSkip) {
    return new ResidualConfig(blocks, hidden, bias, newSkip);
  }
}
