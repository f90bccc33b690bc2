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
 * VectorQuantizerConfig rotated =
 *     VectorQuantizer.ema(512, 64).estimator(VectorQuantizerConfig.Estimator.ROTATION);
 * }</pre>
 *
 * @param codebookSize K, the number of codes, at least 1
 * @param dimension D, the dimension of each codebook vector, at least 1
 * @param update how the codebook is trained; set by {@link VectorQuantizer#ema} and {@link
 *     VectorQuantizer#gradient}
 * @param distance which code is the nearest, and what it is quantized to; by default {@link
 *     Distance#EUCLIDEAN}
 * @param estimator the gradient of the quantized latents; by default {@link
 *     Estimator#STRAIGHT_THROUGH}
 * @param directionNoise sigma of {@link Estimator#DIVEQ}, in [0, 1]; by default 1e-3, that of the
 *     authors. With 0, quantized latents are codebook vectors in training as well
 * @param temperature T, at least 0; by default 0. Above 0, a training step samples the code of each
 *     latent with probabilities proportional to {@code exp(-||z_e - e_k||^2 / T)}, as adding Gumbel
 *     noise to {@code -||z_e - e_k||^2 / T} does. Evaluation takes the nearest code. Requires
 *     {@link Estimator#STRAIGHT_THROUGH}
 * @param codebookWeight alpha, the factor of the codebook loss, used only with {@link
 *     Update#GRADIENT}; by default 1
 * @param commitmentWeight beta, the factor of the commitment loss; by default 0.25
 * @param orthogonality the factor of the loss term {@code orthogonality}, {@code 1/K^2 sum_ij (u_i
 *     . u_j)^2 - 1/K} with u_i = e_i / ||e_i||, which is 0 for orthogonal vectors and 1 - 1/K for
 *     parallel ones (Shin, Lee and Lee 2021, arXiv:2112.00384); by default 0. Requires {@link
 *     Update#GRADIENT}
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
 * @param affine whether the codebook follows the mean and the standard deviation of the latents
 *     (Huh et al. 2023, arXiv:2305.08842): codes stand for {@code (e_k - mu_c) s_b / s_c + mu_b},
 *     with moving averages over the codebook and the batches (see {@link AffineCodebook}); by
 *     default false. Requires {@link Distance#EUCLIDEAN}
 * @param onlineClustering whether codes move toward their nearest latents, the more the less they
 *     are used (CVQ, Zheng and Vedaldi 2023, arXiv:2307.15139; see {@link OnlineClustering}); by
 *     default false. Replaces restarts; requires {@link Update#GRADIENT}
 */
public record VectorQuantizerConfig(
    int codebookSize,
    int dimension,
    Update update,
    Distance distance,
    Estimator estimator,
    double directionNoise,
    double temperature,
    double codebookWeight,
    double commitmentWeight,
    double orthogonality,
    EmaConfig ema,
    Initialization init,
    double deadCodeThreshold,
    boolean affine,
    boolean onlineClustering)
    implements Quantizer.Config {
  /** The training method of the codebook. */
  public enum Update {
    /** The gradient of the codebook loss, applied by the model's optimizer. */
    GRADIENT,
    /** Exponential moving averages of the latents assigned to each code. */
    EMA
  }

  /** The distance of latents from codes. */
  public enum Distance {
    /** The Euclidean distance. */
    EUCLIDEAN,
    /**
     * The angle. Latents and codes are normalized: u = z_e / ||z_e|| is quantized to e_k / ||e_k||,
     * and the loss terms and the gradient are those of u. The decoder sees unit vectors, as in
     * ViT-VQGAN (Yu et al. 2022, arXiv:2110.04627) and LlamaGen. The gradient of a latent of 0 is
     * 0.
     */
    COSINE,
    /**
     * The angle, but only to find the code: z_e is quantized to e_k, and the loss terms are those
     * of the Euclidean distance, as in DAC (Kumar et al. 2023, arXiv:2306.06546).
     */
    COSINE_LOOKUP
  }

  /** The gradient of the quantized latents, whose codes have none. */
  public enum Estimator {
    /** The gradient of the quantized latents becomes that of the latents, unchanged. */
    STRAIGHT_THROUGH,
    /**
     * The rotation trick (Fifty et al. 2025, arXiv:2410.06424): the gradient is rotated and scaled
     * as the latent is when it is moved to its code. With u = z_e / ||z_e||, p = e_k / ||e_k||, w
     * the unit vector of u + p, and s = ||e_k|| / ||z_e||, the gradient g becomes {@code s (g - 2 w
     * (w . g) + 2 u (p . g))}. Straight-through for D = 1 and for vectors of 0.
     */
    ROTATION,
    /**
     * DiVeQ (Vali, Bäckström and Solin 2026, arXiv:2509.26469): with v = e_k - z_e, the quantized
     * latent is {@code z_e + ||v|| sg(n)}, with n the unit vector of {@code v + sigma eps}, where
     * eps is standard normal. The gradient reaches latents and codes, and there are no loss terms.
     * Requires {@link Update#GRADIENT} and {@link Distance#EUCLIDEAN}.
     */
    DIVEQ
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
    Require.nonNull(Distance.class, record + "distance", distance);
    Require.nonNull(Estimator.class, record + "estimator", estimator);
    Require.that(
        directionNoise >= 0 && directionNoise <= 1,
        record + "directionNoise",
        "a value in [0, 1]",
        directionNoise);
    checkWeight(record + "temperature", temperature);
    checkWeight(record + "codebookWeight", codebookWeight);
    checkWeight(record + "commitmentWeight", commitmentWeight);
    checkWeight(record + "orthogonality", orthogonality);
    Require.nonNull(EmaConfig.class, record + "ema", ema);
    Require.nonNull(Initialization.class, record + "init", init);
    Require.that(
        deadCodeThreshold >= 0 && deadCodeThreshold < 1,
        record + "deadCodeThreshold",
        "a fraction in [0, 1), 0 to disable restarts",
        deadCodeThreshold);
    boolean byGradient = update == Update.GRADIENT;
    boolean divEq = estimator == Estimator.DIVEQ;
    Require.that(
        !divEq || byGradient && distance == Distance.EUCLIDEAN,
        record + "estimator",
        "DIVEQ only for a codebook that is trained by gradient, with Euclidean distances",
        estimator,
        "start from VectorQuantizer.gradient(K, D)");
    Require.that(
        temperature == 0 || estimator == Estimator.STRAIGHT_THROUGH,
        record + "temperature",
        "0 unless the estimator is STRAIGHT_THROUGH",
        temperature);
    Require.that(
        orthogonality == 0 || byGradient,
        record + "orthogonality",
        "0 for a codebook of moving averages, which has no gradient",
        orthogonality,
        "start from VectorQuantizer.gradient(K, D)");
    Require.that(
        !affine || distance == Distance.EUCLIDEAN,
        record + "affine",
        "false unless the distance is EUCLIDEAN",
        affine);
    Require.that(
        !onlineClustering || byGradient && deadCodeThreshold == 0,
        record + "onlineClustering",
        "false for a codebook of moving averages, and with restarts",
        onlineClustering,
        "start from VectorQuantizer.gradient(K, D), and set deadCodeThreshold(0)");
  }

  private static void checkWeight(String component, double weight) {
    boolean valid = weight >= 0 && weight <= Double.MAX_VALUE;
    Require.that(valid, component, "a finite value of at least 0", weight);
  }

  static VectorQuantizerConfig of(int codebookSize, int dimension, Update update) {
    EmaConfig ema =
        update == Update.EMA ? EmaConfig.DEFAULT : EmaConfig.DEFAULT.decay(GRADIENT_DECAY);
    return new VectorQuantizerConfig(
        codebookSize,
        dimension,
        update,
        Distance.EUCLIDEAN,
        Estimator.STRAIGHT_THROUGH,
        1e-3,
        0,
        1,
        0.25,
        0,
        ema,
        Initialization.K_MEANS,
        0.03,
        false,
        false);
  }

  /**
   * Sets the distance of latents from codes.
   *
   * @param newDistance the distance
   * @return a copy with the new value
   */
  public VectorQuantizerConfig distance(Distance newDistance) {
    return Records.with(this, "distance", newDistance);
  }

  /**
   * Sets the gradient of the quantized latents.
   *
   * @param newEstimator the estimator
   * @return a copy with the new value
   */
  public VectorQuantizerConfig estimator(Estimator newEstimator) {
    return Records.with(this, "estimator", newEstimator);
  }

  /**
   * Sets the noise of {@link Estimator#DIVEQ}.
   *
   * @param sigma its standard deviation, in [0, 1]
   * @return a copy with the new value
   */
  public VectorQuantizerConfig directionNoise(double sigma) {
    return Records.with(this, "directionNoise", sigma);
  }

  /**
   * Sets the temperature at which codes are sampled in training.
   *
   * @param newTemperature T, at least 0; 0 for the nearest code
   * @return a copy with the new value
   */
  public VectorQuantizerConfig temperature(double newTemperature) {
    return Records.with(this, "temperature", newTemperature);
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
   * Sets the weight of the orthogonality of the codebook.
   *
   * @param weight the factor, at least 0
   * @return a copy with the new value
   */
  public VectorQuantizerConfig orthogonality(double weight) {
    return Records.with(this, "orthogonality", weight);
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

  /**
   * Sets whether the codebook follows the mean and the standard deviation of the latents.
   *
   * @param on whether the codebook is affine
   * @return a copy with the new value
   */
  public VectorQuantizerConfig affine(boolean on) {
    return Records.with(this, "affine", on);
  }

  /**
   * Sets whether codes move toward their nearest latents, the more the less they are used. Call
   * {@code deadCodeThreshold(0)} first.
   *
   * @param on whether codes are clustered online
   * @return a copy with the new value
   */
  public VectorQuantizerConfig onlineClustering(boolean on) {
    return Records.with(this, "onlineClustering", on);
  }

  @Override
  public VectorQuantizer build(Rng rng) {
    return new VectorQuantizer(this, rng);
  }
}
