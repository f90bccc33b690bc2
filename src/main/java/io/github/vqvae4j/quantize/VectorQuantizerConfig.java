package io.github.vqvae4j.quantize;

import io.github.vqvae4j.config.Records;
import io.github.vqvae4j.config.Require;
import io.github.vqvae4j.random.Rng;

/**
 * The settings of a {@link VectorQuantizer}, vectors [.., D] to codes [..]: {@code argmin ||z_e -
 * e_k||}, with the terms {@code alpha mean((sg(z_e) - e_k)^2) + beta mean((z_e - sg(e_k))^2)} (van
 * den Oord et al. 2017, equations 1 and 3).
 *
 * @param codebookSize K, codes in the codebook, at least 1
 * @param dimension D, numbers of a vector, at least 1
 * @param update how the codebook learns: {@link VectorQuantizer#ema} or {@link
 *     VectorQuantizer#gradient} sets it
 * @param codebookWeight alpha, the factor of the codebook term; only used by {@link
 *     Update#GRADIENT}; by default 1
 * @param commitmentWeight beta, the factor of the commitment term; by default 0.25
 * @param ema how the moving averages move; with {@link Update#GRADIENT} only its decay is used, for
 *     the usage that restarts look at
 * @param init where the codebook starts; by default from k-means on the first batches
 * @param deadCodeThreshold a code whose average use is below this share of the mean use is dead and
 *     is restarted at a vector of the batch, drawn in proportion to its quantization error; 0 for
 *     never; by default 0.03. No two codes restart at equal vectors, nor one where a code is
 *     already: dead codes for which there is no vector stay where they are until a later step has
 *     one. What the optimizer gathered about a code is dropped when it restarts.
 */
public record VectorQuantizerConfig(
    int codebookSize,
    int dimension,
    Update update,
    double codebookWeight,
    double commitmentWeight,
    EmaConfig ema,
    Initialization init,
    double deadCodeThreshold)
    implements Quantizer.Config {
  /** How a codebook learns. */
  public enum Update {
    /** By the gradient of the codebook term, with the optimizer of the rest. */
    GRADIENT,
    /** By exponential moving averages of the vectors assigned to each code. */
    EMA
  }

  /** Where a codebook starts. */
  public enum Initialization {
    /** Uniform in +-sqrt(3/D), as in Sonnet. */
    UNIFORM,
    /** Uniform in +-0.05, as in Keras. */
    SMALL_UNIFORM,
    /** Standard normal, as in zalandoresearch's code. */
    NORMAL,
    /** Means of clusters of the first batches' vectors. */
    K_MEANS
  }

  /** Numbers in a codebook, at most. */
  private static final int LARGEST = Integer.MAX_VALUE - 8;

  /**
   * Validates the settings.
   *
   * @throws IllegalArgumentException if a value is out of range
   */
  public VectorQuantizerConfig {
    String record = "VectorQuantizerConfig.";
    Require.that(codebookSize >= 1, record + "codebookSize", "K of at least 1", codebookSize);
    Require.that(dimension >= 1, record + "dimension", "D of at least 1", dimension);
    Require.that(
        (long) codebookSize * dimension <= LARGEST,
        record + "codebookSize",
        "K times D of at most " + LARGEST,
        codebookSize + " times " + dimension);
    Require.present(Update.class, record + "update", update);
    checkWeight(record + "codebookWeight", codebookWeight);
    checkWeight(record + "commitmentWeight", commitmentWeight);
    Require.present(EmaConfig.class, record + "ema", ema);
    Require.present(Initialization.class, record + "init", init);
    Require.that(
        deadCodeThreshold >= 0 && deadCodeThreshold < 1,
        record + "deadCodeThreshold",
        "a share from 0, for never, to below 1",
        deadCodeThreshold);
  }

  private static void checkWeight(String component, double weight) {
    boolean holds = weight >= 0 && weight <= Double.MAX_VALUE;
    Require.that(holds, component, "a finite number of at least 0", weight);
  }

  static VectorQuantizerConfig of(int codebookSize, int dimension, Update update) {
    return new VectorQuantizerConfig(
        codebookSize, dimension, update, 1, 0.25, EmaConfig.DEFAULT, Initialization.K_MEANS, 0.03);
  }

  /**
   * Sets alpha.
   *
   * @param alpha factor of the codebook term
   * @return a copy with the new value
   */
  public VectorQuantizerConfig codebookWeight(double alpha) {
    return Records.with(this, "codebookWeight", alpha);
  }

  /**
   * Sets beta.
   *
   * @param beta factor of the commitment term
   * @return a copy with the new value
   */
  public VectorQuantizerConfig commitmentWeight(double beta) {
    return Records.with(this, "commitmentWeight", beta);
  }

  /**
   * Sets how the averages move.
   *
   * @param newEma decay and variants
   * @return a copy with the new value
   */
  public VectorQuantizerConfig ema(EmaConfig newEma) {
    return Records.with(this, "ema", newEma);
  }

  /**
   * Sets where the codebook starts.
   *
   * @param newInit where
   * @return a copy with the new value
   */
  public VectorQuantizerConfig init(Initialization newInit) {
    return Records.with(this, "init", newInit);
  }

  /**
   * Sets when a code is dead.
   *
   * @param share of the mean use, 0 for never
   * @return a copy with the new value
   */
  public VectorQuantizerConfig deadCodeThreshold(double share) {
    return Records.with(this, "deadCodeThreshold", share);
  }

  @Override
  public VectorQuantizer build(Rng rng) {
    return new VectorQuantizer(this, rng);
  }
}
