package io.github.vqvae4j.quantize;

import io.github.vqvae4j.config.Records;
import io.github.vqvae4j.config.Require;
import io.github.vqvae4j.random.Rng;

/**
 * The settings of a {@link VectorQuantizer}, which maps latents [.., D] to codes [..]: {@code
 * argmin ||z_e - e_k||}, with the loss terms {@code alpha mean((sg(z_e) - e_k)^2) + beta mean((z_e
 * - sg(e_k))^2)} (van den Oord et al. 2017, equations 1 and 3).
 *
 * <pre>{@code
 * VectorQuantizerConfig config =
 *     VectorQuantizer.ema(512, 64).commitmentWeight(0.5).ema(EmaConfig.DEFAULT.decay(0.99));
 * }</pre>
 *
 * @param codebookSize K, the number of codes, at least 1
 * @param dimension D, the dimension of each codebook vector, at least 1
 * @param update how the codebook is trained; set by {@link VectorQuantizer#ema} and {@link
 *     VectorQuantizer#gradient}
 * @param codebookWeight alpha, the factor of the codebook loss, used only with {@link
 *     Update#GRADIENT}; by default 1
 * @param commitmentWeight beta, the factor of the commitment loss; by default 0.25
 * @param ema the settings of the moving averages; by default {@link EmaConfig#DEFAULT}. With {@link
 *     Update#GRADIENT} only the decay is used, for the detection of dead codes; by default it is
 *     0.99, since restarts after fewer steps made such codebooks worse
 * @param init the initialization of the codebook; by default k-means on the first batches
 * @param deadCodeThreshold the fraction of the mean usage below which the average usage of a code
 *     makes it a dead code; 0 disables restarts; by default 0.03. The mean is that of the averages
 *     before the training step; of those after it while all averages are 0, as in the first step
 *     without k-means. A dead code is restarted at an encoder output of the step; these are sampled
 *     without replacement, with probabilities proportional to their squared distances from their
 *     codes (Efraimidis and Spirakis 2006). Its average usage becomes the mean after the step.
 *     Restarted codes are distinct from each other and from all existing codes; a dead code without
 *     a candidate keeps its vector until a later step. Restarting a code resets its optimizer
 *     state.
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
  /** The training method of the codebook. */
  public enum Update {
    /** The gradient of the codebook loss, applied by the model's optimizer. */
    GRADIENT,
    /** Exponential moving averages of the latents assigned to each code. */
    EMA
  }

  /** The initialization of the codebook. */
  public enum Initialization {
    /** Uniform in [-sqrt(3/D), sqrt(3/D)], as in Sonnet. */
    UNIFORM,
    /** Uniform in [-0.05, 0.05], as in Keras. */
    SMALL_UNIFORM,
    /** Standard normal, as in zalandoresearch's code. */
    NORMAL,
    /** The centers of k-means clustering of the latents of the first batches. */
    K_MEANS
  }

  /** The maximum number of values in a codebook. */
  private static final int MAX_SIZE = Integer.MAX_VALUE - 8;

  /** The default decay of the counts of a codebook that is trained by gradient. */
  private static final double GRADIENT_DECAY = 0.99;

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
        (long) codebookSize * dimension <= MAX_SIZE,
        record + "codebookSize",
        "K times D of at most " + MAX_SIZE,
        codebookSize + " times " + dimension);
    Require.nonNull(Update.class, record + "update", update);
    checkWeight(record + "codebookWeight", codebookWeight);
    checkWeight(record + "commitmentWeight", commitmentWeight);
    Require.nonNull(EmaConfig.class, record + "ema", ema);
    Require.nonNull(Initialization.class, record + "init", init);
    Require.that(
        deadCodeThreshold >= 0 && deadCodeThreshold < 1,
        record + "deadCodeThreshold",
        "a fraction in [0, 1), 0 to disable restarts",
        deadCodeThreshold);
  }

  private static void checkWeight(String component, double weight) {
    boolean valid = weight >= 0 && weight <= Double.MAX_VALUE;
    Require.that(valid, component, "a finite value of at least 0", weight);
  }

  static VectorQuantizerConfig of(int codebookSize, int dimension, Update update) {
    EmaConfig ema =
        update == Update.EMA ? EmaConfig.DEFAULT : EmaConfig.DEFAULT.decay(GRADIENT_DECAY);
    return new VectorQuantizerConfig(
        codebookSize, dimension, update, 1, 0.25, ema, Initialization.K_MEANS, 0.03);
  }

  /**
   * Sets the weight of the codebook loss.
   *
   * @param alpha the factor, at least 0
   * @return a copy with the new value
   */
  public VectorQuantizerConfig codebookWeight(double alpha) {
    return Records.with(this, "codebookWeight", alpha);
  }

  /**
   * Sets the weight of the commitment loss.
   *
   * @param beta the factor, at least 0
   * @return a copy with the new value
   */
  public VectorQuantizerConfig commitmentWeight(double beta) {
    return Records.with(this, "commitmentWeight", beta);
  }

  /**
   * Sets the settings of the moving averages.
   *
   * @param newEma the new settings
   * @return a copy with the new value
   */
  public VectorQuantizerConfig ema(EmaConfig newEma) {
    return Records.with(this, "ema", newEma);
  }

  /**
   * Sets the initialization of the codebook.
   *
   * @param newInit the new initialization
   * @return a copy with the new value
   */
  public VectorQuantizerConfig init(Initialization newInit) {
    return Records.with(this, "init", newInit);
  }

  /**
   * Sets the threshold below which a code is dead.
   *
   * @param fraction the fraction of the mean usage, in [0, 1); 0 disables restarts
   * @return a copy with the new value
   */
  public VectorQuantizerConfig deadCodeThreshold(double fraction) {
    return Records.with(this, "deadCodeThreshold", fraction);
  }

  @Override
  public VectorQuantizer build(Rng rng) {
    return new VectorQuantizer(this, rng);
  }
}
