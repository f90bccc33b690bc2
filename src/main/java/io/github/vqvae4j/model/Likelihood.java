package io.github.vqvae4j.model;

import io.github.vqvae4j.config.Require;

/**
 * What a {@link Vae} takes pixels to be, given the decoder's output: p(x|z), independent for each
 * pixel.
 *
 * @param kind the distribution
 * @param variance sigma^2 of a Gaussian, or its start if it is learned, above 0; 1 and without a
 *     meaning for BERNOULLI
 */
public record Likelihood(Kind kind, double variance) {
  /** The distributions. */
  public enum Kind {
    /**
     * Each pixel is white with the probability sigmoid(decoder's output); -log p is the binary
     * cross-entropy, in which gray pixels count as shares of white and black (Kingma and Welling
     * 2014, appendix C.1). For pictures that are nearly black and white.
     */
    BERNOULLI,
    /** N(decoder's output + 0.5, sigma^2) with a fixed sigma^2. */
    GAUSSIAN,
    /**
     * N(decoder's output + 0.5, sigma^2) with one sigma^2 for all pixels, learned with the rest: it
     * balances reconstruction and KL by itself (Rybkin, Daniilidis and Levine 2021). log sigma^2 is
     * clamped to -30..20, with gradient 0 outside.
     */
    LEARNED_GAUSSIAN
  }

  /**
   * Checks the settings.
   *
   * @throws IllegalArgumentException if the variance is not above 0
   */
  public Likelihood {
    Require.present(Kind.class, "Likelihood.kind", kind);
    Require.that(
        variance > 0 && variance <= Double.MAX_VALUE,
        "Likelihood.variance",
        "a finite number above 0",
        variance,
        "pixels are in 0..1, so that 0.01 is a standard deviation of a tenth of their range");
  }

  /**
   * Pixels that are black or white.
   *
   * @return {@link Kind#BERNOULLI}
   */
  public static Likelihood bernoulli() {
    return new Likelihood(Kind.BERNOULLI, 1);
  }

  /**
   * Pixels with noise of a known size. The larger it is, the more KL counts.
   *
   * @param variance sigma^2, of pixels in 0..1
   * @return {@link Kind#GAUSSIAN}
   */
  public static Likelihood gaussian(double variance) {
    return new Likelihood(Kind.GAUSSIAN, variance);
  }

  /**
   * Pixels with noise of a size that is learned.
   *
   * @param startVariance sigma^2 at the start, of pixels in 0..1
   * @return {@link Kind#LEARNED_GAUSSIAN}
   */
  public static Likelihood learnedGaussian(double startVariance) {
    return new Likelihood(Kind.LEARNED_GAUSSIAN, startVariance);
  }
}
