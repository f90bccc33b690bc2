package io.github.vqvae4j.quantize;

import io.github.vqvae4j.random.Rng;
import io.github.vqvae4j.tensor.Tensor;
import java.util.List;
import java.util.function.IntToDoubleFunction;

/**
 * Stage j of a residual finite scalar quantizer: the symmetric grid of L values from -1 to 1,
 * divided by L^j, of residuals that are clamped instead of bounded by tanh. As |r_1| is at most 1 /
 * (L - 1), half a step, each stage divides the steps of the one before by L.
 */
final class NestedGrid extends Quantizer {
  private final FiniteScalarQuantizerConfig config;
  private final FiniteScalarQuantizer grid;
  private final int stage;

  NestedGrid(FiniteScalarQuantizerConfig config, int stage, Rng rng) {
    this.config = config;
    this.stage = stage;
    grid = child("grid", config.build(rng));
  }

  /**
   * Returns c tanh(z / c), with c = 1 + 1 / (L - 1): latents that the grids of all stages reach.
   */
  Tensor bounded(Tensor latents) {
    LatentsCheck.finite(this, latents);
    Tensor c = constant(latents, level -> 1 + 1.0 / (level - 1));
    return latents.div(c).tanh().mul(c);
  }

  /** Returns the inverse of the scale, L^j. */
  private Tensor inverseScale(Tensor like) {
    return constant(like, level -> Math.pow(level, stage));
  }

  private Tensor constant(Tensor like, IntToDoubleFunction ofLevel) {
    double[] values = config.levels().stream().mapToDouble(ofLevel::applyAsDouble).toArray();
    return like.step().tensor(values, values.length).to(like.dtype());
  }

  @Override
  public int codebookSize() {
    return grid.codebookSize();
  }

  @Override
  public int dimension() {
    return grid.dimension();
  }

  @Override
  protected Tensor computeCodes(Tensor latents) {
    return grid.clampedCodes(latents.mul(inverseScale(latents)));
  }

  @Override
  protected Tensor computeVectors(Tensor codes) {
    Tensor values = grid.computeVectors(codes);
    return values.div(inverseScale(values));
  }

  /** Returns the codes as they are; there are no loss terms. */
  @Override
  Quantized computeQuantized(Tensor latents, Tensor codes) {
    return new Quantized(latents, codes, List.of(), codebooks().usage(codes));
  }

  @Override
  protected Quantized computeQuantized(Tensor latents) {
    Tensor codes = computeCodes(latents);
    Tensor values = latents.straightThrough(computeVectors(codes));
    return new Quantized(values, codes, List.of(), codebooks().usage(codes));
  }
}
