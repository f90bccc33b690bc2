package io.github.vqvae4j.quantize;

import io.github.vqvae4j.quantize.FiniteScalarQuantizerConfig.IndexOrder;
import io.github.vqvae4j.quantize.LookupFreeQuantizerConfig.BitOrder;
import io.github.vqvae4j.quantize.ResidualQuantizerConfig.StageLoss;
import io.github.vqvae4j.quantize.VectorQuantizerConfig.Distance;
import io.github.vqvae4j.quantize.VectorQuantizerConfig.Estimator;
import io.github.vqvae4j.quantize.VectorQuantizerConfig.Initialization;
import io.github.vqvae4j.random.Rng;
import io.github.vqvae4j.tensor.DType;
import io.github.vqvae4j.tensor.Step;
import io.github.vqvae4j.tensor.Tensor;
import java.util.List;
import java.util.stream.Stream;

/** A quantizer that {@link QuantizerContractTest} checks in one data type. */
record QuantizerCase(String name, Quantizer.Config config, QuantizerOracle oracle, DType dtype) {
  private static final EmaConfig BIASED = new EmaConfig(0.9, 1e-3, false, false);

  private static QuantizerCase of(String name, VectorQuantizerConfig config) {
    return new QuantizerCase(name, config, new VectorQuantizerOracle(config), DType.FLOAT);
  }

  private static QuantizerCase of(String name, FiniteScalarQuantizerConfig config) {
    return new QuantizerCase(name, config, new FiniteScalarOracle(config), DType.FLOAT);
  }

  private static QuantizerCase projected(String name, int dimension, Quantizer.Config inner) {
    QuantizerOracle oracle =
        inner instanceof VectorQuantizerConfig config
            ? new VectorQuantizerOracle(config)
            : new FiniteScalarOracle((FiniteScalarQuantizerConfig) inner);
    return new QuantizerCase(
        name,
        ProjectedQuantizer.of(dimension, inner),
        new ProjectedOracle(dimension, oracle),
        DType.FLOAT);
  }

  private static QuantizerCase of(String name, LookupFreeQuantizerConfig config) {
    return new QuantizerCase(name, config, new LookupFreeOracle(config), DType.FLOAT);
  }

  private static QuantizerCase of(String name, SimVectorQuantizerConfig config) {
    return new QuantizerCase(name, config, new SimVectorOracle(config), DType.FLOAT);
  }

  private static QuantizerCase of(String name, IndexBackpropagationQuantizerConfig config) {
    return new QuantizerCase(name, config, new IndexBackpropagationOracle(config), DType.FLOAT);
  }

  private static QuantizerCase of(String name, LatentQuantizerConfig config) {
    return new QuantizerCase(name, config, new LatentOracle(config), DType.FLOAT);
  }

  private static QuantizerCase of(String name, BinaryQuantizerConfig config) {
    return new QuantizerCase(name, config, new BinaryOracle(config), DType.FLOAT);
  }

  private static final List<QuantizerCase> CASES =
      List.of(
          of("EMA, restarts", normal(VectorQuantizer.ema(9, 3)).deadCodeThreshold(0.5)),
          of("EMA, k-means", VectorQuantizer.ema(5, 4)),
          of("EMA, biased", normal(VectorQuantizer.ema(7, 2)).ema(BIASED).deadCodeThreshold(0)),
          of(
              "EMA, stored",
              normal(VectorQuantizer.ema(7, 2)).ema(BIASED.smoothedCountsStored(true))),
          of("EMA, one code", normal(VectorQuantizer.ema(1, 3)).commitmentWeight(2)),
          of("EMA, many codes", normal(VectorQuantizer.ema(1500, 3))),
          of("gradient", normal(VectorQuantizer.gradient(6, 3)).codebookWeight(0.7)),
          of("gradient, restarts", normal(VectorQuantizer.gradient(30, 3)).deadCodeThreshold(0.9)),
          of("cosine, EMA", normal(VectorQuantizer.ema(8, 3)).distance(Distance.COSINE)),
          of("cosine, k-means", VectorQuantizer.ema(5, 4).distance(Distance.COSINE)),
          of(
              "cosine, gradient, rotation",
              normal(VectorQuantizer.gradient(7, 3))
                  .distance(Distance.COSINE)
                  .estimator(Estimator.ROTATION)),
          of(
              "cosine lookup",
              normal(VectorQuantizer.gradient(6, 4))
                  .distance(Distance.COSINE_LOOKUP)
                  .orthogonality(0.7)),
          of(
              "rotation",
              normal(VectorQuantizer.ema(9, 3))
                  .estimator(Estimator.ROTATION)
                  .deadCodeThreshold(0.5)),
          of("rotation, 1-D", normal(VectorQuantizer.ema(5, 1)).estimator(Estimator.ROTATION)),
          of(
              "DiVeQ",
              normal(VectorQuantizer.gradient(9, 3))
                  .estimator(Estimator.DIVEQ)
                  .directionNoise(0.2)
                  .deadCodeThreshold(0.5)),
          of(
              "DiVeQ, no noise",
              normal(VectorQuantizer.gradient(6, 2)).estimator(Estimator.DIVEQ).directionNoise(0)),
          of("sampled", normal(VectorQuantizer.ema(9, 3)).temperature(1.5).deadCodeThreshold(0.5)),
          of(
              "sampled, cosine, gradient",
              normal(VectorQuantizer.gradient(7, 3)).distance(Distance.COSINE).temperature(0.3)),
          of("affine, EMA", normal(VectorQuantizer.ema(9, 3)).affine(true).deadCodeThreshold(0.5)),
          of(
              "affine, gradient, rotation",
              normal(VectorQuantizer.gradient(6, 3)).affine(true).estimator(Estimator.ROTATION)),
          of(
              "CVQ",
              normal(VectorQuantizer.gradient(20, 3)).deadCodeThreshold(0).onlineClustering(true)),
          of(
              "CVQ, cosine",
              normal(VectorQuantizer.gradient(12, 3))
                  .distance(Distance.COSINE)
                  .deadCodeThreshold(0)
                  .onlineClustering(true)),
          of("FSQ", FiniteScalarQuantizer.levels(8, 5, 3)),
          of("FSQ, one level", FiniteScalarQuantizer.levels(6)),
          projected("FSQ, projected", 5, FiniteScalarQuantizer.levels(7, 4, 6)),
          of("FSQ, many codes", FiniteScalarQuantizer.levels(1000, 999, 7, 300)),
          of("FSQ, symmetric", FiniteScalarQuantizer.symmetric(2, 8, 3, 1000)),
          of(
              "FSQ, symmetric, slowest first",
              FiniteScalarQuantizer.symmetric(4, 3, 2).order(IndexOrder.FIRST_LEVEL_SLOWEST)),
          of("FSQ, noise", FiniteScalarQuantizer.symmetric(5, 4).noise(0.5)),
          projected(
              "FSQ, noise, projected", 2, FiniteScalarQuantizer.symmetric(3, 6, 4).noise(0.4)),
          projected("EMA, projected", 5, normal(VectorQuantizer.ema(9, 3)).deadCodeThreshold(0.5)),
          projected(
              "cosine, projected",
              4,
              normal(VectorQuantizer.gradient(7, 2))
                  .distance(Distance.COSINE)
                  .deadCodeThreshold(0.5)),
          of("LFQ", LookupFreeQuantizer.bits(5)),
          of("LFQ, one bit", LookupFreeQuantizer.bits(1).inverseTemperature(1).scale(0.7)),
          of(
              "LFQ, soft clamp",
              LookupFreeQuantizer.bits(4).inverseTemperature(0.3).scale(1.5).softClamp(2)),
          of(
              "LFQ, 11 bits, most significant first",
              LookupFreeQuantizer.bits(11)
                  .inverseTemperature(0.5)
                  .diversityWeight(1.7)
                  .bitOrder(BitOrder.FIRST_MOST_SIGNIFICANT)),
          of("LFQ, groups", LookupFreeQuantizer.bits(7).inverseTemperature(1).entropyGroupBits(3)),
          of(
              "LFQ, 30 bits",
              LookupFreeQuantizer.bits(30).inverseTemperature(0.2).entropyGroupBits(8)),
          of("LFQ, no terms", LookupFreeQuantizer.bits(3).entropyWeight(0).commitmentWeight(0)),
          of("LFQ, entropy of rows only", LookupFreeQuantizer.bits(6).diversityWeight(0)),
          of("BSQ", LookupFreeQuantizer.spherical(6)),
          of(
              "BSQ, commitment",
              LookupFreeQuantizer.spherical(9)
                  .inverseTemperature(20)
                  .scale(2)
                  .commitmentWeight(0.5)
                  .bitOrder(BitOrder.FIRST_MOST_SIGNIFICANT)),
          of("BSQ, groups", LookupFreeQuantizer.spherical(20).entropyGroupBits(9)),
          of("SimVQ", SimVectorQuantizer.codes(9, 3)),
          of("SimVQ, one code", SimVectorQuantizer.codes(1, 2).bias(true).commitmentWeight(0)),
          of(
              "SimVQ, narrow, bias",
              SimVectorQuantizer.codes(40, 4).fixedDimension(2).bias(true).codebookWeight(0.6)),
          of(
              "SimVQ, wide, many codes",
              SimVectorQuantizer.codes(1500, 2).fixedDimension(5).commitmentWeight(1)),
          of("IBQ", IndexBackpropagationQuantizer.codes(7, 3)),
          of("IBQ, one code", IndexBackpropagationQuantizer.codes(1, 2)),
          of(
              "IBQ, no entropy",
              IndexBackpropagationQuantizer.codes(12, 4)
                  .entropyWeight(0)
                  .quantizationWeight(0.3)
                  .commitmentWeight(0.6)
                  .codebookWeight(2)),
          of(
              "IBQ, many codes",
              IndexBackpropagationQuantizer.codes(1500, 2)
                  .entropyWeight(1)
                  .entropyTemperature(0.7)),
          grouped("groups", GroupedQuantizer.of(3, restarting(7, 2))),
          grouped("groups, shared", GroupedQuantizer.of(3, restarting(7, 2)).shared()),
          grouped("groups, k-means", GroupedQuantizer.of(2, VectorQuantizer.ema(4, 2))),
          grouped(
              "groups, shared, k-means",
              GroupedQuantizer.of(2, VectorQuantizer.ema(4, 2)).shared()),
          grouped("groups, one", GroupedQuantizer.of(1, restarting(7, 2))),
          grouped(
              "groups, gradient", GroupedQuantizer.of(2, normal(VectorQuantizer.gradient(6, 2)))),
          grouped(
              "groups, FSQ",
              GroupedQuantizer.of(2, FiniteScalarQuantizer.symmetric(4, 3).noise(0.5))),
          residual("residual, one stage", ResidualQuantizer.of(1, restarting(7, 3))),
          residual("residual", ResidualQuantizer.of(3, restarting(7, 3))),
          residual("residual, k-means", ResidualQuantizer.of(3, VectorQuantizer.ema(4, 3))),
          residual(
              "residual, beam", ResidualQuantizer.of(3, normal(VectorQuantizer.ema(5, 3))).beam(3)),
          residual("residual, sum", ResidualQuantizer.of(2, restarting(7, 3)).loss(StageLoss.SUM)),
          residual(
              "residual, gradient",
              ResidualQuantizer.of(3, normal(VectorQuantizer.gradient(6, 3))).loss(StageLoss.SUM)),
          residual("residual, shared", ResidualQuantizer.of(3, restarting(7, 3)).shared()),
          residual(
              "residual, shared, k-means",
              ResidualQuantizer.of(3, VectorQuantizer.ema(4, 3)).shared()),
          residual(
              "residual, sizes",
              ResidualQuantizer.of(
                  List.of(restarting(9, 2), normal(VectorQuantizer.gradient(3, 2))))),
          residual(
              "residual, dropout per step",
              ResidualQuantizer.of(4, restarting(7, 3)).dropout(StageDropout.perStep())),
          residual(
              "residual, dropout with a cutoff",
              ResidualQuantizer.of(5, restarting(7, 3)).dropout(StageDropout.perStep(1, 2))),
          residual(
              "residual, dropout by choice",
              ResidualQuantizer.of(4, restarting(7, 3))
                  .dropout(StageDropout.choice(1, 3))
                  .loss(StageLoss.SUM)),
          residual(
              "residual, dropout per example",
              ResidualQuantizer.of(4, restarting(7, 3)).dropout(StageDropout.perExample(0.7))),
          residual(
              "residual, gradient, dropout per example",
              ResidualQuantizer.of(4, normal(VectorQuantizer.gradient(6, 3)))
                  .dropout(StageDropout.perExample(1))),
          residual(
              "residual, shared, dropout per step",
              ResidualQuantizer.of(3, restarting(7, 3)).shared().dropout(StageDropout.perStep())),
          residual(
              "residual, shared, dropout per example",
              ResidualQuantizer.of(3, restarting(7, 3))
                  .shared()
                  .dropout(StageDropout.perExample(0.5))
                  .loss(StageLoss.SUM)),
          grid("residual FSQ", ResidualQuantizer.of(3, FiniteScalarQuantizer.symmetric(5, 4))),
          grid(
              "residual FSQ, dropout per example",
              ResidualQuantizer.of(
                      3,
                      FiniteScalarQuantizer.symmetric(2, 3, 8)
                          .order(IndexOrder.FIRST_LEVEL_SLOWEST))
                  .dropout(StageDropout.perExample(0.5))),
          grid(
              "residual FSQ, dropout per step",
              ResidualQuantizer.of(4, FiniteScalarQuantizer.symmetric(3, 3))
                  .dropout(StageDropout.perStep(1, 1))),
          grouped(
              "grouped residual",
              GroupedQuantizer.of(2, ResidualQuantizer.of(3, restarting(7, 2)))),
          grouped(
              "grouped residual, dropout per step",
              GroupedQuantizer.of(
                  2, ResidualQuantizer.of(3, restarting(7, 2)).dropout(StageDropout.perStep()))),
          grouped(
              "grouped residual, dropout per example",
              GroupedQuantizer.of(
                  2,
                  ResidualQuantizer.of(3, restarting(7, 2)).dropout(StageDropout.perExample(0.5)))),
          grouped(
              "grouped residual, shared, dropout per example",
              GroupedQuantizer.of(
                      2,
                      ResidualQuantizer.of(3, restarting(7, 2))
                          .dropout(StageDropout.perExample(0.5)))
                  .shared()),
          of("latent", LatentQuantizer.levels(8, 5, 3)),
          of("latent, one level", LatentQuantizer.levels(6).codebookWeight(0.7)),
          of("latent, many codes", LatentQuantizer.levels(1000, 999, 7, 300).commitmentWeight(2)),
          of("latent, fixed values", LatentQuantizer.levels(2, 4).codebookWeight(0)),
          of("binary", BinaryQuantizer.bits(6)),
          of("binary, one bit", BinaryQuantizer.bits(1).klThreshold(0).klWeight(0.5)),
          of("binary, 30 bits", BinaryQuantizer.bits(30).temperature(0.4).klThreshold(8)),
          of("binary, no term", BinaryQuantizer.bits(3).temperature(2).klWeight(0)));

  private static QuantizerCase grouped(String name, GroupedQuantizerConfig config) {
    return new QuantizerCase(name, config, new GroupedOracle(config), DType.FLOAT);
  }

  private static QuantizerCase grid(String name, ResidualQuantizerConfig config) {
    return new QuantizerCase(name, config, new NestedGridOracle(config), DType.FLOAT);
  }

  private static QuantizerCase residual(String name, ResidualQuantizerConfig config) {
    return new QuantizerCase(name, config, new ResidualOracle(config), DType.FLOAT);
  }

  private static VectorQuantizerConfig restarting(int codes, int dimension) {
    return normal(VectorQuantizer.ema(codes, dimension)).deadCodeThreshold(0.5);
  }

  private static VectorQuantizerConfig normal(VectorQuantizerConfig config) {
    return config.init(Initialization.NORMAL);
  }

  static List<QuantizerCase> all() {
    return CASES.stream()
        .flatMap(
            one ->
                Stream.of(DType.FLOAT, DType.DOUBLE)
                    .map(type -> new QuantizerCase(one.name, one.config, one.oracle, type)))
        .toList();
  }

  Quantizer build(long seed) {
    Quantizer quantizer = config.build(new Rng(seed));
    if (quantizer.initializationLatents() > 0) {
      quantizer.initialize(gaussians(50 * quantizer.dimension(), 11), 50, new Rng(seed));
    }
    quantizer.convert(dtype);
    return quantizer;
  }

  /** Returns latents [n, places, D] in this case's data type. */
  Tensor latents(Step step, double[] values, int places, Quantizer quantizer) {
    int d = quantizer.dimension();
    return step.tensor(values, values.length / places / d, places, d).to(dtype);
  }

  /** Returns latents [n, places, D] in this case's data type. */
  Tensor latents(Step step, float[] values, int places, Quantizer quantizer) {
    int d = quantizer.dimension();
    return step.tensor(values, values.length / places / d, places, d).to(dtype);
  }

  /** Returns the relative tolerance of values. */
  double tolerance() {
    return dtype == DType.DOUBLE ? 1e-9 : 2e-5;
  }

  static float[] gaussians(int count, long seed) {
    Rng rng = new Rng(seed);
    float[] values = new float[count];
    for (int i = 0; i < count; i++) {
      values[i] = (float) rng.nextGaussian();
    }
    return values;
  }

  @Override
  public String toString() {
    return name + ", " + dtype;
  }
}
