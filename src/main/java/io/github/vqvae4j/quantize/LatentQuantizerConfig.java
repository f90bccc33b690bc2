package io.github.vqvae4j.quantize;

import io.github.vqvae4j.config.Records;
import io.github.vqvae4j.config.Require;
import io.github.vqvae4j.random.Rng;
import java.util.Arrays;
import java.util.List;

/**
 * The settings of a {@link LatentQuantizer}, which replaces each of d dimensions by the nearest of
 * its own learned values (Hsu et al. 2023).
 *
 * <pre>{@code
 * LatentQuantizerConfig config = LatentQuantizer.levels(5, 5, 8).commitmentWeight(0.25);
 * }</pre>
 *
 * @param levels L_1 .. L_d, the number of values of each dimension, each from 2 to 1000; their
 *     product K is less than 2^31
 * @param codebookWeight alpha, the factor of the codebook loss, at least 0; by default 0.1, as in
 *     vector-quantize-pytorch. With 0, the values keep their equal steps
 * @param commitmentWeight beta, the factor of the commitment loss, at least 0; by default 0.1
 */
public record LatentQuantizerConfig(
    List<Integer> levels, double codebookWeight, double commitmentWeight)
    implements Quantizer.Config {
  /**
   * Validates the settings.
   *
   * @throws IllegalArgumentException if a value is out of range
   */
  public LatentQuantizerConfig {
    String record = "LatentQuantizerConfig.";
    levels = Require.list(Integer.class, record + "levels", levels);
    MixedRadix.check(record + "levels", levels);
    checkWeight(record + "codebookWeight", codebookWeight);
    checkWeight(record + "commitmentWeight", commitmentWeight);
  }

  private static void checkWeight(String component, double weight) {
    boolean valid = weight >= 0 && weight <= Double.MAX_VALUE;
    Require.that(valid, component, "a finite value of at least 0", weight);
  }

  static LatentQuantizerConfig of(int... levels) {
    return new LatentQuantizerConfig(Arrays.stream(levels).boxed().toList(), 0.1, 0.1);
  }

  /**
   * Sets the weight of the codebook loss.
   *
   * @param alpha the factor, at least 0
   * @return a copy with the new value
   */
  public LatentQuantizerConfig codebookWeight(double alpha) {
    return Records.with(this, "codebookWeight", alpha);
  }

  /**
   * Sets the weight of the commitment loss.
   *
   * @param beta the factor, at least 0
   * @return a copy with the new value
   */
  public LatentQuantizerConfig commitmentWeight(double beta) {
    return Records.with(this, "commitmentWeight", beta);
  }

  @Override
  public LatentQuantizer build(Rng rng) {
    return new LatentQuantizer(this);
  }
}
