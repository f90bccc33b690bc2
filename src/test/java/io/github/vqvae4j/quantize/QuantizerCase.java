package io.github.vqvae4j.quantize;

import io.github.vqvae4j.quantize.FiniteScalarQuantizerConfig.IndexOrder;
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
          of("FSQ", FiniteScalarQuantizer.levels(8, 5, 3)),
          of("FSQ, one level", FiniteScalarQuantizer.levels(6)),
          of("FSQ, projected", FiniteScalarQuantizer.levels(7, 4, 6).dimension(5)),
          of("FSQ, many codes", FiniteScalarQuantizer.levels(1000, 999, 7, 300)),
          of("FSQ, symmetric", FiniteScalarQuantizer.symmetric(2, 8, 3, 1000)),
          of(
              "FSQ, symmetric, slowest first",
              FiniteScalarQuantizer.symmetric(4, 3, 2).order(IndexOrder.FIRST_LEVEL_SLOWEST)),
          of("FSQ, noise", FiniteScalarQuantizer.symmetric(5, 4).noise(0.5)),
          of(
              "FSQ, noise, projected",
              FiniteScalarQuantizer.symmetric(3, 6, 4).noise(0.4).dimension(2)));

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
