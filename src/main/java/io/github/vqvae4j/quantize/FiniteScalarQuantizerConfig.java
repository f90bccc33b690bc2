package io.github.vqvae4j.quantize;

import io.github.vqvae4j.config.Records;
import io.github.vqvae4j.config.Require;
import io.github.vqvae4j.random.Rng;
import java.util.Arrays;
import java.util.List;

/**
 * The settings of a {@link FiniteScalarQuantizer}, which rounds each of d dimensions to one of
 * finitely many values (Mentzer et al. 2024).
 *
 * <pre>{@code
 * FiniteScalarQuantizerConfig published = FiniteScalarQuantizer.levels(8, 5, 5, 5);
 * FiniteScalarQuantizerConfig symmetric = FiniteScalarQuantizer.symmetric(4, 4, 4).noise(0.5);
 * }</pre>
 *
 * @param levels L_1 .. L_d, the number of values of each dimension, each from 3 to 1000, or from 2
 *     with {@link Form#SYMMETRIC}; their product K is less than 2^31. The authors propose 8, 6, 5
 *     for about 2^8 codes; 8, 5, 5, 5 for 2^10; 7, 5, 5, 5, 5 for 2^12; 8, 8, 8, 6, 5 for 2^14 and
 *     8, 8, 8, 5, 5, 5 for 2^16
 * @param form how values are bounded and rounded; set by {@link FiniteScalarQuantizer#levels} and
 *     {@link FiniteScalarQuantizer#symmetric}
 * @param noise the share of the examples, in [0, 1], whose values a training step replaces by
 *     {@code tanh(z) + u}, with u uniform in {@code [-1/(L-1), 1/(L-1))}, instead of rounding them;
 *     by default 0. Requires {@link Form#SYMMETRIC}
 * @param order which level changes fastest from one code to the next; by default {@link
 *     IndexOrder#FIRST_LEVEL_FASTEST}
 */
public record FiniteScalarQuantizerConfig(
    List<Integer> levels, Form form, double noise, IndexOrder order) implements Quantizer.Config {
  /** How a value is bounded and rounded. */
  public enum Form {
    /**
     * The form of the paper: steps of 1 / floor(L/2), so that an even number of levels has one more
     * value below 0 than above it.
     */
    PUBLISHED,
    /** Equal steps from -1 to 1, as in Stable Codec (Parker et al. 2024). */
    SYMMETRIC
  }

  /** The order of the codes. Public implementations differ. */
  public enum IndexOrder {
    /** Code 1 differs from code 0 in the first level, as in the authors' code. */
    FIRST_LEVEL_FASTEST,
    /** Code 1 differs from code 0 in the last level. */
    FIRST_LEVEL_SLOWEST
  }

  /**
   * Validates the settings.
   *
   * @throws IllegalArgumentException if a value is out of range
   */
  public FiniteScalarQuantizerConfig {
    String record = "FiniteScalarQuantizerConfig.";
    levels = Require.list(Integer.class, record + "levels", levels);
    Require.nonNull(Form.class, record + "form", form);
    MixedRadix.check(record + "levels", levels);
    int two = levels.indexOf(2);
    Require.that(
        two < 0 || form == Form.SYMMETRIC,
        record + "levels[" + two + "]",
        "a level of at least 3 in the published form, whose gradient almost vanishes with 2",
        2,
        "use FiniteScalarQuantizer.symmetric");
    Require.that(noise >= 0 && noise <= 1, record + "noise", "a share in [0, 1]", noise);
    Require.that(
        noise == 0 || form == Form.SYMMETRIC,
        record + "noise",
        "0 in the published form",
        noise,
        "use FiniteScalarQuantizer.symmetric for noise");
    Require.nonNull(IndexOrder.class, record + "order", order);
  }

  static FiniteScalarQuantizerConfig of(Form form, int... levels) {
    return new FiniteScalarQuantizerConfig(
        Arrays.stream(levels).boxed().toList(), form, 0, IndexOrder.FIRST_LEVEL_FASTEST);
  }

  /**
   * Sets the share of the examples that get noise instead of rounding in training.
   *
   * @param share the share, in [0, 1]
   * @return a copy with the new value
   */
  public FiniteScalarQuantizerConfig noise(double share) {
    return Records.with(this, "noise", share);
  }

  /**
   * Sets the order of the codes.
   *
   * @param newOrder the new order
   * @return a copy with the new value
   */
  public FiniteScalarQuantizerConfig order(IndexOrder newOrder) {
    return Records.with(this, "order", newOrder);
  }

  @Override
  public FiniteScalarQuantizer build(Rng rng) {
    return new FiniteScalarQuantizer(this);
  }
}
