package io.github.vqvae4j.quantize;

import io.github.vqvae4j.config.Records;
import io.github.vqvae4j.config.Require;
import io.github.vqvae4j.random.Rng;

/**
 * The settings of a {@link RandomProjectionQuantizer}, which labels vectors for self-supervised
 * training (Chiu et al. 2022).
 *
 * @param dimension D, the dimension of the vectors, at least 2
 * @param codebookSize K, the number of codes of a head, at least 2; by default 8192, as in the
 *     paper
 * @param codebookDimension d, the dimension of the codebook vectors, at least 1; by default 16, as
 *     in the paper
 * @param heads the number of codebooks, at least 1; by default 1
 */
public record RandomProjectionConfig(
    int dimension, int codebookSize, int codebookDimension, int heads) {
  private static final long MAX_VALUES = 1 << 28;

  /**
   * Validates the settings.
   *
   * @throws IllegalArgumentException if a value is out of range, or projections or codebooks have
   *     more than 2^28 values
   */
  public RandomProjectionConfig {
    String record = "RandomProjectionConfig.";
    Require.that(
        dimension >= 2,
        record + "dimension",
        "at least 2, since the layer norm of one value is 0",
        dimension);
    Require.that(codebookSize >= 2, record + "codebookSize", "at least 2 codes", codebookSize);
    Require.that(
        codebookDimension >= 1, record + "codebookDimension", "at least 1", codebookDimension);
    Require.that(heads >= 1, record + "heads", "at least 1", heads);
    double values = (double) heads * codebookDimension * Math.max(dimension, codebookSize);
    Require.that(
        values <= MAX_VALUES,
        record + "heads",
        "projections and codebooks of at most 2^28 values",
        (long) values,
        "use fewer heads, codes or dimensions");
  }

  /**
   * Creates the settings of the paper.
   *
   * @param dimension D, the dimension of the vectors, at least 2
   * @return 8192 codes of dimension 16, one head
   * @throws IllegalArgumentException if the dimension is out of range
   */
  public static RandomProjectionConfig of(int dimension) {
    return new RandomProjectionConfig(dimension, 8192, 16, 1);
  }

  /**
   * Sets the number of codes.
   *
   * @param k the number of codes of a head, at least 2
   * @return a copy with the new value
   */
  public RandomProjectionConfig codebookSize(int k) {
    return Records.with(this, "codebookSize", k);
  }

  /**
   * Sets the dimension of the codebook vectors.
   *
   * @param d the dimension, at least 1
   * @return a copy with the new value
   */
  public RandomProjectionConfig codebookDimension(int d) {
    return Records.with(this, "codebookDimension", d);
  }

  /**
   * Sets the number of codebooks.
   *
   * @param count the number, at least 1
   * @return a copy with the new value
   */
  public RandomProjectionConfig heads(int count) {
    return Records.with(this, "heads", count);
  }

  /**
   * Builds the quantizer.
   *
   * @param rng the random number generator
   * @return a new quantizer, the same for the same seed
   */
  public RandomProjectionQuantizer build(Rng rng) {
    return new RandomProjectionQuantizer(this, rng);
  }
}
