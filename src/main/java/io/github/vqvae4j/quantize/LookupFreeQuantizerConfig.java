package io.github.vqvae4j.quantize;

import io.github.vqvae4j.config.Records;
import io.github.vqvae4j.config.Require;
import io.github.vqvae4j.random.Rng;

/**
 * The settings of a {@link LookupFreeQuantizer}, whose codes are the signs of the latents (Yu et
 * al. 2024), on the unit sphere if spherical (Zhao et al. 2024).
 *
 * <pre>{@code
 * LookupFreeQuantizerConfig lfq = LookupFreeQuantizer.bits(10).commitmentWeight(0.1);
 * LookupFreeQuantizerConfig bsq = LookupFreeQuantizer.spherical(18).inverseTemperature(10);
 * }</pre>
 *
 * @param bits d, the number of bits of a code and the dimension of the latents, from 1 to 30; K is
 *     2^d
 * @param spherical whether latents are projected to the sphere of radius s; set by {@link
 *     LookupFreeQuantizer#bits} and {@link LookupFreeQuantizer#spherical}
 * @param scale s, greater than 0: values are -s and s, or -s/sqrt(d) and s/sqrt(d) if spherical; by
 *     default 1
 * @param entropyWeight the factor of the entropy term, at least 0; by default 0.1, or 1 if
 *     spherical. With 0, it is not computed. The code of BSQ-ViT also divides it by t
 * @param diversityWeight gamma, the factor of the entropy of the mean distribution within the
 *     entropy term, at least 0; by default 1
 * @param inverseTemperature t of the soft assignment to codes in the entropy term, greater than 0;
 *     by default 100, or 1 if spherical. There, |z| is about s/sqrt(d), and 4 t s^2/d is the
 *     logarithm of the odds of a bit
 * @param entropyGroupBits the number of bits, from 1 to 18, up to which the entropy of the mean
 *     distribution is exact; by default 18. With more bits, they are divided evenly into groups of
 *     at most as many, and the sum of the groups' entropies is used, an upper bound, as in the code
 *     of BSQ-ViT, with groups of 9
 * @param commitmentWeight beta, the factor of the commitment loss, at least 0; by default 0.25, or
 *     0 if spherical, where the error is bounded. With 0, it is not computed
 * @param softClamp v, which replaces latents x by v tanh(x/v), at least s; by default 0 for none.
 *     Must be 0 if spherical
 * @param bitOrder which dimension is the least significant bit of a code; by default {@link
 *     BitOrder#FIRST_LEAST_SIGNIFICANT}
 */
public record LookupFreeQuantizerConfig(
    int bits,
    boolean spherical,
    double scale,
    double entropyWeight,
    double diversityWeight,
    double inverseTemperature,
    int entropyGroupBits,
    double commitmentWeight,
    double softClamp,
    BitOrder bitOrder)
    implements Quantizer.Config {
  /** The order of the codes. Public implementations differ. */
  public enum BitOrder {
    /** Code 1 has a positive first dimension, as in the paper of MAGVIT-v2 and Open-MAGVIT2. */
    FIRST_LEAST_SIGNIFICANT,
    /** Code 1 has a positive last dimension, as in BSQ-ViT and vector-quantize-pytorch. */
    FIRST_MOST_SIGNIFICANT
  }

  private static final int MAX_BITS = 30;

  /** The entropy of the mean distribution needs an array of 2^18 values. */
  private static final int MAX_GROUP_BITS = 18;

  /**
   * Validates the settings.
   *
   * @throws IllegalArgumentException if a value is out of range
   */
  public LookupFreeQuantizerConfig {
    String record = "LookupFreeQuantizerConfig.";
    Require.that(
        bits >= 1 && bits <= MAX_BITS, record + "bits", "from 1 to " + MAX_BITS + " bits", bits);
    checkPositive(record + "scale", scale);
    checkWeight(record + "entropyWeight", entropyWeight);
    checkWeight(record + "diversityWeight", diversityWeight);
    checkPositive(record + "inverseTemperature", inverseTemperature);
    Require.that(
        entropyGroupBits >= 1 && entropyGroupBits <= MAX_GROUP_BITS,
        record + "entropyGroupBits",
        "from 1 to " + MAX_GROUP_BITS + " bits",
        entropyGroupBits);
    checkWeight(record + "commitmentWeight", commitmentWeight);
    Require.that(
        softClamp == 0 || !spherical && softClamp >= scale && softClamp <= Double.MAX_VALUE,
        record + "softClamp",
        spherical
            ? "0 for latents on a sphere"
            : "0 for none, or a finite value of at least the scale " + scale,
        softClamp);
    Require.nonNull(BitOrder.class, record + "bitOrder", bitOrder);
  }

  private static void checkPositive(String component, double value) {
    boolean valid = value > 0 && value <= Double.MAX_VALUE;
    Require.that(valid, component, "a finite value greater than 0", value);
  }

  private static void checkWeight(String component, double weight) {
    boolean valid = weight >= 0 && weight <= Double.MAX_VALUE;
    Require.that(valid, component, "a finite value of at least 0", weight);
  }

  static LookupFreeQuantizerConfig of(int bits, boolean spherical) {
    return new LookupFreeQuantizerConfig(
        bits,
        spherical,
        1,
        spherical ? 1 : 0.1,
        1,
        spherical ? 1 : 100,
        MAX_GROUP_BITS,
        spherical ? 0 : 0.25,
        0,
        BitOrder.FIRST_LEAST_SIGNIFICANT);
  }

  /**
   * Sets the scale of the values.
   *
   * @param s the scale, greater than 0
   * @return a copy with the new value
   */
  public LookupFreeQuantizerConfig scale(double s) {
    return Records.with(this, "scale", s);
  }

  /**
   * Sets the weight of the entropy term.
   *
   * @param weight the factor, at least 0
   * @return a copy with the new value
   */
  public LookupFreeQuantizerConfig entropyWeight(double weight) {
    return Records.with(this, "entropyWeight", weight);
  }

  /**
   * Sets the weight of the mean distribution's entropy within the entropy term.
   *
   * @param gamma the factor, at least 0
   * @return a copy with the new value
   */
  public LookupFreeQuantizerConfig diversityWeight(double gamma) {
    return Records.with(this, "diversityWeight", gamma);
  }

  /**
   * Sets the inverse temperature of the soft assignment in the entropy term.
   *
   * @param t the inverse temperature, greater than 0
   * @return a copy with the new value
   */
  public LookupFreeQuantizerConfig inverseTemperature(double t) {
    return Records.with(this, "inverseTemperature", t);
  }

  /**
   * Sets the number of bits up to which the entropy of the mean distribution is exact.
   *
   * @param groupBits the greatest number of bits of a group, from 1 to 18
   * @return a copy with the new value
   */
  public LookupFreeQuantizerConfig entropyGroupBits(int groupBits) {
    return Records.with(this, "entropyGroupBits", groupBits);
  }

  /**
   * Sets the weight of the commitment loss.
   *
   * @param beta the factor, at least 0
   * @return a copy with the new value
   */
  public LookupFreeQuantizerConfig commitmentWeight(double beta) {
    return Records.with(this, "commitmentWeight", beta);
  }

  /**
   * Sets the bound of the soft clamp.
   *
   * @param v the bound, at least the scale; 0 for none
   * @return a copy with the new value
   */
  public LookupFreeQuantizerConfig softClamp(double v) {
    return Records.with(this, "softClamp", v);
  }

  /**
   * Sets the order of the bits of a code.
   *
   * @param newOrder the new order
   * @return a copy with the new value
   */
  public LookupFreeQuantizerConfig bitOrder(BitOrder newOrder) {
    return Records.with(this, "bitOrder", newOrder);
  }

  @Override
  public LookupFreeQuantizer build(Rng rng) {
    return new LookupFreeQuantizer(this);
  }
}
