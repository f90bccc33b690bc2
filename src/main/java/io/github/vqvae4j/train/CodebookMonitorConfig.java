package io.github.vqvae4j.train;

import io.github.vqvae4j.config.Records;
import io.github.vqvae4j.config.Require;

/**
 * The settings of a {@link CodebookMonitor}.
 *
 * @param window training steps that everything is summed up over, at least 1; by default 100
 * @param warmUp first steps in which only a commitment term that grows beyond all measure is warned
 *     of, since a codebook often collapses and recovers while encoder and decoder learn their first
 *     rough picture; by default 500
 * @param usageBelow share of the codes in use below which the codebook has collapsed, from 0, for
 *     never, to 1; by default 0.1
 * @param growth how many times its least the commitment term may become, above 1; by default 2
 */
public record CodebookMonitorConfig(int window, long warmUp, double usageBelow, double growth) {
  /** 100 steps, after the first 500; 10 % of the codes; twice the commitment. */
  public static final CodebookMonitorConfig DEFAULT = new CodebookMonitorConfig(100, 500, 0.1, 2);

  /**
   * Checks the settings.
   *
   * @throws IllegalArgumentException if a number is out of its range
   */
  public CodebookMonitorConfig {
    Require.that(window >= 1, "CodebookMonitorConfig.window", "at least 1 step", window);
    Require.that(warmUp >= 0, "CodebookMonitorConfig.warmUp", "at least 0 steps", warmUp);
    Require.that(
        usageBelow >= 0 && usageBelow <= 1,
        "CodebookMonitorConfig.usageBelow",
        "a share from 0, for never, to 1",
        usageBelow);
    Require.that(growth > 1, "CodebookMonitorConfig.growth", "a factor above 1", growth);
  }

  /**
   * Sets the window.
   *
   * @param steps that everything is summed up over
   * @return these settings with it
   */
  public CodebookMonitorConfig window(int steps) {
    return Records.with(this, "window", steps);
  }

  /**
   * Sets the warm-up.
   *
   * @param steps before most is warned of
   * @return these settings with it
   */
  public CodebookMonitorConfig warmUp(long steps) {
    return Records.with(this, "warmUp", steps);
  }

  /**
   * Sets what a collapse is.
   *
   * @param share of the codes in use
   * @return these settings with it
   */
  public CodebookMonitorConfig usageBelow(double share) {
    return Records.with(this, "usageBelow", share);
  }

  /**
   * Sets how far the commitment term may grow.
   *
   * @param factor of its least
   * @return these settings with it
   */
  public CodebookMonitorConfig growth(double factor) {
    return Records.with(this, "growth", factor);
  }
}
