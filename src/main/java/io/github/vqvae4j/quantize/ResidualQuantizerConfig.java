package io.github.vqvae4j.quantize;

import io.github.vqvae4j.config.Records;
import io.github.vqvae4j.config.Require;
import io.github.vqvae4j.random.Rng;
import java.util.List;

/**
 * The settings of a {@link ResidualQuantizer}, whose stages quantize what the previous ones left.
 *
 * <pre>{@code
 * ResidualQuantizerConfig equal = ResidualQuantizer.of(8, VectorQuantizer.ema(1024, 64));
 * ResidualQuantizerConfig shared = ResidualQuantizer.of(8, VectorQuantizer.ema(1024, 64)).shared();
 * ResidualQuantizerConfig sizes =
 *     ResidualQuantizer.of(List.of(VectorQuantizer.ema(4096, 64), VectorQuantizer.ema(512, 64)));
 * ResidualQuantizerConfig rates = equal.dropout(StageDropout.perStep()).beam(4);
 * }</pre>
 *
 * @param stages the settings of each stage, from 1 to 128 quantizers of one codebook and the same
 *     dimension: vector quantizers, custom ones, or equal finite scalar quantizers of the symmetric
 *     form, without noise and projections
 * @param sharedCodebook whether all stages use the same quantizer, which requires equal settings of
 *     type {@link VectorQuantizerConfig}; by default false
 * @param loss how the loss terms of the stages are combined; by default {@link StageLoss#MEAN}
 * @param dropout how many stages a training step uses; by default {@link StageDropout#NONE}. A
 *     number for each example requires stages of the library
 * @param beam B, the number of partial sums that encoding keeps in evaluation, from 1 to 1024; by
 *     default 1, the nearest code of each stage. More require stages of type {@link
 *     VectorQuantizerConfig}
 */
public record ResidualQuantizerConfig(
    List<Quantizer.Config> stages,
    boolean sharedCodebook,
    StageLoss loss,
    StageDropout dropout,
    int beam)
    implements Quantizer.Config {
  /** How the loss terms of the stages are combined. */
  public enum StageLoss {
    /**
     * The mean over all stages, as in SoundStream. The commitment term of stage i, mean((r_i -
     * sg(q_i))^2), equals mean((z - sg(q_0 + .. + q_i))^2), the term of RQ-VAE (Lee et al. 2022,
     * arXiv:2203.01941, equation 7), in value and gradient.
     */
    MEAN,
    /** The sum over all stages, as in the Descript Audio Codec. */
    SUM
  }

  /** The maximum number of stages. */
  private static final int MAX_STAGES = 128;

  private static final int MAX_BEAM = 1024;

  /**
   * Validates the settings.
   *
   * @throws IllegalArgumentException if a value is out of range
   */
  public ResidualQuantizerConfig {
    String record = "ResidualQuantizerConfig.";
    stages = Require.list(Quantizer.Config.class, record + "stages", stages);
    int count = stages.size();
    Require.that(
        count >= 1 && count <= MAX_STAGES,
        record + "stages",
        "from 1 to " + MAX_STAGES + " stages",
        count);
    boolean vectors = true;
    boolean grids = true;
    for (int i = 0; i < count; i++) {
      Quantizer.Config stage = stages.get(i);
      checkStage(record + "stages[" + i + "]", stage, stages.get(0));
      vectors &= stage instanceof VectorQuantizerConfig;
      grids &= stage instanceof FiniteScalarQuantizerConfig;
    }
    Require.that(
        !sharedCodebook || vectors && stages.stream().distinct().count() == 1,
        record + "sharedCodebook",
        "equal settings of a VectorQuantizer for all stages",
        stages);
    Require.nonNull(StageLoss.class, record + "loss", loss);
    Require.nonNull(StageDropout.class, record + "dropout", dropout);
    dropout.check(record + "dropout", count);
    Require.that(
        vectors || grids || !dropout.isPerExample(),
        record + "dropout",
        "a number for all examples with custom stages",
        dropout);
    Require.that(beam >= 1 && beam <= MAX_BEAM, record + "beam", "B from 1 to " + MAX_BEAM, beam);
    Require.that(
        vectors || beam == 1, record + "beam", "1 unless all stages are a VectorQuantizer", beam);
  }

  private static void checkStage(String component, Quantizer.Config stage, Quantizer.Config first) {
    Require.that(
        !(stage instanceof ResidualQuantizerConfig || stage instanceof GroupedQuantizerConfig),
        component,
        "a quantizer of one codebook",
        stage,
        "use GroupedQuantizer.of(H, ResidualQuantizer.of(..)) for groups of stages");
    Require.that(
        !(stage instanceof VectorQuantizerConfig vectors)
            || vectors.distance() != VectorQuantizerConfig.Distance.COSINE
                && vectors.estimator() == VectorQuantizerConfig.Estimator.STRAIGHT_THROUGH
                && vectors.temperature() == 0
                && !vectors.affine()
                && !vectors.onlineClustering(),
        component,
        "a VectorQuantizer of Euclidean distance or COSINE_LOOKUP, with the estimator"
            + " STRAIGHT_THROUGH, a temperature of 0, neither affine nor with online clustering",
        stage);
    Require.that(
        !isGrid(stage) && !isGrid(first) || stage.equals(first) && isNested(stage),
        component,
        "a FiniteScalarQuantizer only with equal settings of all stages, of the symmetric form and"
            + " without noise",
        stage,
        "use such as ResidualQuantizer.of(3, FiniteScalarQuantizer.symmetric(5, 5, 5))");
  }

  private static boolean isGrid(Quantizer.Config stage) {
    return stage instanceof FiniteScalarQuantizerConfig;
  }

  private static boolean isNested(Quantizer.Config stage) {
    return stage instanceof FiniteScalarQuantizerConfig grid
        && grid.form() == FiniteScalarQuantizerConfig.Form.SYMMETRIC
        && grid.noise() == 0;
  }

  static ResidualQuantizerConfig of(List<? extends Quantizer.Config> stages) {
    return new ResidualQuantizerConfig(
        List.copyOf(stages), false, StageLoss.MEAN, StageDropout.NONE, 1);
  }

  /**
   * Uses one codebook for all stages.
   *
   * @return a copy with a shared codebook
   * @throws IllegalArgumentException if the settings of the stages differ
   */
  public ResidualQuantizerConfig shared() {
    return Records.with(this, "sharedCodebook", true);
  }

  /**
   * Sets how the loss terms of the stages are combined.
   *
   * @param combination the mean or the sum
   * @return a copy with the new value
   */
  public ResidualQuantizerConfig loss(StageLoss combination) {
    return Records.with(this, "loss", combination);
  }

  /**
   * Sets how many stages a training step uses.
   *
   * @param newDropout the settings
   * @return a copy with the new value
   */
  public ResidualQuantizerConfig dropout(StageDropout newDropout) {
    return Records.with(this, "dropout", newDropout);
  }

  /**
   * Sets the number of partial sums that encoding keeps in evaluation.
   *
   * @param width B, from 1 to 1024
   * @return a copy with the new value
   */
  public ResidualQuantizerConfig beam(int width) {
    return Records.with(this, "beam", width);
  }

  @Override
  public ResidualQuantizer build(Rng rng) {
    return new ResidualQuantizer(this, rng);
  }
}
