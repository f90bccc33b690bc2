package io.github.vqvae4j.quantize;

import io.github.vqvae4j.config.Records;
import io.github.vqvae4j.config.Require;

/**
 * The settings of a codebook's exponential moving averages. See {@link VectorQuantizer} for the
 * equations.
 *
 * @param decay gamma, in [0, 1); by default 0.95. The averages cover about 1 / (1 - decay) steps.
 *     At a learning rate of 1e-3, encoder outputs move so fast that a codebook with Sonnet's 0.99
 *     lags behind them; docs/guides/training.md compares both
 * @param epsilon the epsilon of the Laplace smoothing, positive and finite; by default 1e-5
 * @param zeroDebiased whether both averages are initialized with 0 and divided by w = 1 - decay^t,
 *     as in Sonnet; otherwise w is 1, N is initialized with 0 and m randomly, as in
 *     zalandoresearch's code; by default true
 * @param smoothedCountsStored whether N' replaces N, as in zalandoresearch's code; by default false
 */
public record EmaConfig(
    double decay, double epsilon, boolean zeroDebiased, boolean smoothedCountsStored) {
  /**
   * The default settings: decay 0.95, epsilon 1e-5, zero-debiased, smoothed counts not stored.
   * Sonnet's differ in the decay, which is 0.99.
   */
  public static final EmaConfig DEFAULT = new EmaConfig(0.95, 1e-5, true, false);

  /**
   * Validates the settings.
   *
   * @throws IllegalArgumentException if a value is out of range, or smoothed counts are stored in
   *     zero-debiased averages, a combination that is not defined
   */
  public EmaConfig {
    Require.that(decay >= 0 && decay < 1, "EmaConfig.decay", "a fraction in [0, 1)", decay);
    Require.that(
        epsilon > 0 && epsilon <= Double.MAX_VALUE,
        "EmaConfig.epsilon",
        "a positive, finite value",
        epsilon);
    Require.that(
        !zeroDebiased || !smoothedCountsStored,
        "EmaConfig.smoothedCountsStored",
        "false while zeroDebiased is true",
        smoothedCountsStored,
        "set zeroDebiased(false) first");
  }

  /**
   * Sets the decay.
   *
   * @param newDecay gamma, in [0, 1)
   * @return a copy with the new value
   */
  public EmaConfig decay(double newDecay) {
    return Records.with(this, "decay", newDecay);
  }

  /**
   * Sets the epsilon of the Laplace smoothing.
   *
   * @param newEpsilon the new value, positive and finite
   * @return a copy with the new value
   */
  public EmaConfig epsilon(double newEpsilon) {
    return Records.with(this, "epsilon", newEpsilon);
  }

  /**
   * Sets whether both averages are initialized with 0 and divided by 1 - decay^t.
   *
   * @param on whether the averages are zero-debiased
   * @return a copy with the new value
   */
  public EmaConfig zeroDebiased(boolean on) {
    return Records.with(this, "zeroDebiased", on);
  }

  /**
   * Sets whether smoothed counts replace the counts. Call {@code zeroDebiased(false)} first.
   *
   * @param on whether to store the smoothed counts
   * @return a copy with the new value
   */
  public EmaConfig smoothedCountsStored(boolean on) {
    return Records.with(this, "smoothedCountsStored", on);
  }
}
