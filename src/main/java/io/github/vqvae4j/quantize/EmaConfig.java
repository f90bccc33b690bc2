package io.github.vqvae4j.quantize;

import io.github.vqvae4j.config.Records;
import io.github.vqvae4j.config.Require;

/**
 * How the moving averages of a codebook move (equations: {@link VectorQuantizer}).
 *
 * @param decay gamma, from 0 to below 1; by default 0.99
 * @param epsilon of the Laplace smoothing, above 0 and finite; by default 1e-5
 * @param zeroDebiased whether both averages start at zero and are divided by w = 1 - decay^t, as in
 *     Sonnet; otherwise w is 1, N starts at 0 and m at random numbers, as in zalandoresearch's
 *     code; by default true
 * @param smoothedCountsStored whether N' replaces N, as in zalandoresearch's code; by default false
 */
public record EmaConfig(
    double decay, double epsilon, boolean zeroDebiased, boolean smoothedCountsStored) {
  /** Sonnet's: decay 0.99, epsilon 1e-5, zero-debiased, smoothing on a copy. */
  public static final EmaConfig DEFAULT = new EmaConfig(0.99, 1e-5, true, false);

  /**
   * Validates the settings.
   *
   * @throws IllegalArgumentException if a value is out of range, or smoothed counts shall be stored
   *     in zero-debiased averages, which nobody has defined
   */
  public EmaConfig {
    Require.that(decay >= 0 && decay < 1, "EmaConfig.decay", "0 to below 1", decay);
    Require.that(
        epsilon > 0 && epsilon <= Double.MAX_VALUE,
        "EmaConfig.epsilon",
        "a finite number above 0",
        epsilon);
    Require.that(
        !zeroDebiased || !smoothedCountsStored,
        "EmaConfig.smoothedCountsStored",
        "false while zeroDebiased is true",
        smoothedCountsStored,
        "set zeroDebiased(false) first");
  }

  /**
   * Sets how slowly the averages move.
   *
   * @param share of an average that stays, from 0 to below 1
   * @return a copy with the new value
   */
  public EmaConfig decay(double share) {
    return Records.with(this, "decay", share);
  }

  /**
   * Sets the Laplace smoothing.
   *
   * @param newEpsilon the new value, above 0
   * @return a copy with the new value
   */
  public EmaConfig epsilon(double newEpsilon) {
    return Records.with(this, "epsilon", newEpsilon);
  }

  /**
   * Sets whether both averages start at zero and are divided by 1 - decay^t.
   *
   * @param on whether they do
   * @return a copy with the new value
   */
  public EmaConfig zeroDebiased(boolean on) {
    return Records.with(this, "zeroDebiased", on);
  }

  /**
   * Sets whether smoothed counts replace the counts; switch {@link #zeroDebiased(boolean)} off
   * first.
   *
   * @param on whether they do
   * @return a copy with the new value
   */
  public EmaConfig smoothedCountsStored(boolean on) {
    return Records.with(this, "smoothedCountsStored", on);
  }
}
