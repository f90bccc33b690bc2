package io.github.vqvae4j.model.vae;

import io.github.vqvae4j.config.Require;

/**
 * The likelihood of a {@link Vae}: the distribution p(x|z) of pixels given the decoder output,
 * independent for each pixel.
 *
 * @param kind the distribution
 * @param variance sigma^2 of a Gaussian, above 0; its initial value if it is learned; 1 and unused
 *     for BERNOULLI
 */
public record Likelihood(Kind kind, double variance) {
  /** The kinds of distributions. */
  public enum Kind {
    /**
     * Each pixel is 1 with probability sigmoid(decoder output). -log p is the binary cross-entropy,
     * in which values between 0 and 1 act as probabilities (Kingma and Welling 2014, appendix C.1).
     * Suited to images that are nearly black and white.
     */
    BERNOULLI,
    /** N(decoder output + 0.5, sigma^2) with a fixed sigma^2. */
    GAUSSIAN,
    /**
     * N(decoder output + 0.5, sigma^2) with one learned sigma^2 for all pixels, which balances
     * reconstruction and KL divergence automatically (Rybkin, Daniilidis and Levine 2021). log
     * sigma^2 is clamped to -30..20, with gradient 0 outside.
     */
    LEARNED_GAUSSIAN
  }

  /**
   * Validates the settings.
   *
   * @throws IllegalArgumentException if the variance is not positive and finite
   */
  public Likelihood {
    Require.nonNull(Kind.class, "Likelihood.kind", kind);
    Require.that(
        variance > 0 && variance <= Double.MAX_VALUE,
        "Likelihood.variance",
        "a finite value above 0",
        variance,
        "pixels are in [0, 1], so 0.01 is a standard deviation of a tenth of their range");
  }

  /**
   * Returns the likelihood of binary pixels.
   *
   * @return {@link Kind#BERNOULLI}
   */
  public static Likelihood bernoulli() {
    return new Likelihood(Kind.BERNOULLI, 1);
  }

  /**
   * Returns a Gaussian likelihood with a fixed variance. The larger the variance, the larger the
   * relative weight of the KL divergence.
   *
   * @param variance sigma^2, for pixels in [0, 1]
   * @return {@link Kind#GAUSSIAN}
   */
  public static Likelihood gaussian(double variance) {
    return new Likelihood(Kind.GAUSSIAN, variance);
  }

  /**
   * Returns a Gaussian likelihood with a learned variance.
   *
   * @param initialVariance the initial sigma^2, for pixels in [0, 1]
   * @return {@link Kind#LEARNED_GAUSSIAN}
   */
  public static Likelihood learnedGaussian(double initialVariance) {
    return new Likelihood(Kind.LEARNED_GAUSSIAN, initialVariance);
  }
}
