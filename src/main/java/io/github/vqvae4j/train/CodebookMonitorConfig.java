package io.github.vqvae4j.train;

import io.github.vqvae4j.config.Records;
import io.github.vqvae4j.config.Require;

/**
 * The settings of a {@link CodebookMonitor}.
 *
 * @param window the number of training steps over which values are averaged, at least 1; by default
 *     100
 * @param warmUp the number of initial steps in which only extreme growth of the commitment term is
 *     reported, since a codebook often collapses and recovers early in training; by default 500
 * @param minUsage the fraction of codes in use, in [0, 1], below which the codebook counts as
 *     collapsed; 0 disables the warning; by default 0.1
 * @param growth the tolerated ratio of the commitment term to its minimum, above 1; by default 2
 */
public record CodebookMonitorConfig(int window, long warmUp, double minUsage, double growth) {
  /**
   * The default settings: a window of 100 steps, a warm-up of 500 steps, 10% of the codes in use
   * and a commitment growth of 2.
   */
  public static final CodebookMonitorConfig DEFAULT = new CodebookMonitorConfig(100, 500, 0.1, 2);

  /**
   * Validates the settings.
   *
   * @throws IllegalArgumentException if a value is out of range
   */
  public CodebookMonitorConfig {
    Require.that(window >= 1, "CodebookMonitorConfig.window", "at least 1 step", window);
    Require.that(warmUp >= 0, "CodebookMonitorConfig.warmUp", "at least 0 steps", warmUp);
    Require.that(
        minUsage >= 0 && minUsage <= 1,
        "CodebookMonitorConfig.minUsage",
        "a fraction in [0, 1]",
        minUsage);
    Require.that(growth > 1, "CodebookMonitorConfig.growth", "a factor above 1", growth);
  }

  /**
   * Sets the window.
   *
   * @param steps the number of steps over which values are averaged, at least 1
   * @return a copy with the new value
   */
  public CodebookMonitorConfig window(int steps) {
    return Records.with(this, "window", steps);
  }

  /**
   * Sets the warm-up.
   *
   * @param steps the number of initial steps in which only extreme growth of the commitment term is
   *     reported, at least 0
   * @return a copy with the new value
   */
  public CodebookMonitorConfig warmUp(long steps) {
    return Records.with(this, "warmUp", steps);
  }

  /**
   * Sets the threshold of a codebook collapse.
   *
   * @param fraction the fraction of codes in use, in [0, 1]; 0 disables the warning
   * @return a copy with the new value
   */
  public CodebookMonitorConfig minUsage(double fraction) {
    return Records.with(this, "minUsage", fraction);
  }

  /**
   * Sets the tolerated growth of the commitment term.
   *
   * @param factor the ratio to its minimum, above 1
   * @return a copy with the new value
   */
  public CodebookMonitorConfig growth(double factor) {
    return Records.with(this, "growth", factor);
  }
}
