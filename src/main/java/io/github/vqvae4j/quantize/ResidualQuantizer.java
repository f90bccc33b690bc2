package io.github.vqvae4j.quantize;

import io.github.vqvae4j.config.Require;
import io.github.vqvae4j.quantize.ResidualQuantizerConfig.StageLoss;
import io.github.vqvae4j.random.Rng;
import io.github.vqvae4j.tensor.Step;
import io.github.vqvae4j.tensor.Tensor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.LongStream;

/**
 * A residual quantizer (RVQ; SoundStream, Zeghidour et al. 2021, arXiv:2107.03312, algorithm 1).
 * Each of Q stages quantizes what the previous ones left of a latent z:
 *
 * <pre>
 * r_0 = z,   q_i = e_i[k_i] nearest to r_i,   r_(i+1) = r_i - sg(q_i),   value = q_0 + .. + q_(Q-1)
 * </pre>
 *
 * <p>The value has one straight-through gradient, to z. The loss terms of a stage are those of its
 * quantizer for r_i; their mean over the stages is the loss term, or their {@linkplain
 * StageLoss#SUM sum}. Their gradients reach z.
 *
 * <p>A code that is {@link Codes#MISSING} adds 0, so the first n stages alone give a coarser
 * reconstruction ({@link Codes#withStages}). With {@linkplain StageDropout dropout}, a training
 * step drops the last stages. A dropped stage has missing codes and a loss term of 0, and its
 * codebook is not updated; the mean over the stages is still over all Q.
 *
 * <p>With a {@linkplain ResidualQuantizerConfig#shared shared} codebook, all stages use the same
 * vectors, which are updated once per step, with the residuals of all stages.
 *
 * <p>In evaluation, {@linkplain ResidualQuantizerConfig#beam beam search} keeps the B partial sums
 * nearest to z after each stage (Babenko and Lempitsky 2014). A latent keeps the nearest code of
 * each stage if that is as near in the end, so no latent has a larger error.
 *
 * <pre>{@code
 * ResidualQuantizer quantizer = ResidualQuantizer.of(8, VectorQuantizer.ema(1024, 64)).build(new Rng(42));
 * try (Step step = Step.inference()) {
 *   Tensor latents = step.tensor(new float[2 * 7 * 7 * 64], 2, 7, 7, 64); // encoder outputs
 *   Tensor codes = quantizer.encode(latents); // [2, 7, 7, 8], from 0 to 1023
 *   Tensor vectors = quantizer.lookup(codes); // [2, 7, 7, 64]
 * }
 * }</pre>
 *
 * <p>If the stages are {@link FiniteScalarQuantizer}s, of the symmetric form with L levels, they
 * are nested grids: r_0 = c tanh(z / c) with c = 1 + 1 / (L - 1), and stage j rounds r_j, clamped
 * to [-L^-j, L^-j], to the L values of its grid divided by L^j. The sums are L^Q values with equal
 * steps of 2 / ((L - 1) L^(Q-1)). The gradient passes through the bound.
 *
 * <p>The gradient of the reconstruction loss reaches the latents, not the stages: a custom
 * quantizer as a stage is trained by its own loss terms and updates. State: that of the quantizers
 * {@code stage0}, {@code stage1}, .., or {@code stage} if there is one for all.
 */
public final class ResidualQuantizer extends Quantizer {
  /** The number of rows that are processed at a time to initialize the next stage. */
  private static final int INIT_ROWS = 1 << 14;

  private final ResidualQuantizerConfig config;

  /** The quantizer of each stage; the same one for all if it is shared. */
  private final List<Quantizer> stages = new ArrayList<>();

  private final Codebooks codebooks;

  /**
   * The codes [..] and vectors [.., D] of the stages that are used; the vectors of missing codes
   * are 0.
   */
  private record Selected(List<Tensor> codes, List<Tensor> vectors) {
    Tensor sum() {
      return vectors.stream().reduce(Tensor::add).orElseThrow();
    }
  }

  /**
   * The stages that are used in a step.
   *
   * @param count the number of stages that some example may use
   * @param perExample the number of stages of each example; null if it is the same for all
   */
  record Kept(int count, int... perExample) {
    static final Kept ALL = new Kept(Integer.MAX_VALUE, (int[]) null);

    /** Replaces the codes of a dropped stage by {@link Codes#MISSING}. */
    Tensor mask(int stage, Tensor codes) {
      if (perExample == null || Arrays.stream(perExample).allMatch(n -> n > stage)) {
        return codes;
      }
      long[] shape = new long[codes.rank()];
      Arrays.fill(shape, 1);
      shape[0] = perExample.length;
      int[] dropped = Arrays.stream(perExample).map(n -> n > stage ? 0 : 1).toArray();
      return codes.maskedFill(codes.step().tensor(dropped, shape), Codes.MISSING);
    }
  }

  /**
   * Creates a quantizer.
   *
   * @param config the settings
   * @param rng the random number generator for the initial codebooks
   * @throws IllegalArgumentException if the dimensions of the stages differ, or a stage has several
   *     codebooks
   */
  public ResidualQuantizer(ResidualQuantizerConfig config, Rng rng) {
    this.config = config;
    int count = config.stages().size();
    Quantizer shared =
        config.sharedCodebook() ? child("stage", config.stages().get(0).build(rng)) : null;
    for (int i = 0; i < count; i++) {
      stages.add(shared == null ? child("stage" + i, build(i, rng)) : shared);
    }
    for (Quantizer stage : stages) {
      if (stage.dimension() != dimension() || stage.codebooks().count() > 1) {
        throw new IllegalArgumentException(
            "ResidualQuantizer: expected stages of one codebook and of dimension "
                + dimension()
                + ", got "
                + stage.codebooks()
                + " of dimension "
                + stage.dimension()
                + ". Use GroupedQuantizer.of(H, ResidualQuantizer.of(..)) for groups of stages.");
      }
    }
    codebooks = Codebooks.residual(stages.stream().mapToInt(Quantizer::codebookSize).toArray());
  }

  private Quantizer build(int i, Rng rng) {
    return config.stages().get(i) instanceof FiniteScalarQuantizerConfig grid
        ? new NestedGrid(grid, i, rng)
        : config.stages().get(i).build(rng);
  }

  /**
   * Creates the default settings of stages that are alike.
   *
   * @param stages Q, the number of stages, from 1 to 128
   * @param stage the settings of each stage
   * @return the settings
   * @throws IllegalArgumentException if the number is out of range, or a stage has several
   *     codebooks
   */
  public static ResidualQuantizerConfig of(int stages, Config stage) {
    Require.that(stages >= 1, "ResidualQuantizer.of", "at least 1 stage", stages);
    return of(Collections.nCopies(stages, stage));
  }

  /**
   * Creates the default settings of stages that may differ, such as in their number of codes.
   *
   * @param stages the settings of each stage, from 1 to 128
   * @return the settings
   * @throws IllegalArgumentException if there are too few or too many stages, or one has several
   *     codebooks
   */
  public static ResidualQuantizerConfig of(List<? extends Config> stages) {
    return ResidualQuantizerConfig.of(stages);
  }

  @Override
  public Optional<Config> config() {
    return Optional.of(config);
  }

  /** Returns the number of codes of the largest codebook. */
  @Override
  public int codebookSize() {
    return Collections.max(codebooks.sizes());
  }

  @Override
  public Codebooks codebooks() {
    return codebooks;
  }

  @Override
  public boolean supportsMissingCodes() {
    return true;
  }

  @Override
  public int dimension() {
    return stages.get(0).dimension();
  }

  /**
   * Returns the quantizer of a stage, such as to look at its codebook.
   *
   * @param index the index of the stage, from 0 to Q - 1
   * @return the quantizer; the same one for all stages if it is shared
   * @throws IndexOutOfBoundsException if there is no such stage
   */
  public Quantizer stage(int index) {
    return stages.get(Objects.checkIndex(index, stages.size()));
  }

  @Override
  protected Tensor computeCodes(Tensor latents) {
    LatentsCheck.shape(this, latents);
    return joined(selected(bounded(latents), Kept.ALL).codes);
  }

  @Override
  protected Quantized computeQuantized(Tensor latents) {
    return quantized(latents, draw(latents));
  }

  /** Quantizes latents with the stages that were drawn for several quantizers. */
  Quantized quantize(Tensor latents, Kept kept) {
    return within(latents.step(), () -> quantized(latents, kept), Quantized::quantized);
  }

  private Quantized quantized(Tensor unbounded, Kept kept) {
    LatentsCheck.shape(this, unbounded);
    Tensor latents = bounded(unbounded);
    Selected selected = selected(latents, kept);
    LossTerms terms = terms(latents, selected);
    Tensor all = joined(selected.codes);
    double factor = config.loss() == StageLoss.MEAN ? 1.0 / stages.size() : 1;
    return new Quantized(
        latents.straightThrough(selected.sum()), all, terms.times(factor), codebooks.usage(all));
  }

  /** Returns the latents that the stages quantize. */
  private Tensor bounded(Tensor latents) {
    return stages.get(0) instanceof NestedGrid grid ? grid.bounded(latents) : latents;
  }

  /** Draws the stages of a step; all in evaluation. */
  Kept draw(Tensor latents) {
    StageDropout dropout = config.dropout();
    Step step = latents.step();
    if (dropout.form() == StageDropout.Form.NONE) {
      return Kept.ALL;
    }
    if (!isTraining(step)) {
      step.skipDraw();
      return Kept.ALL;
    }
    int count = stages.size();
    if (!dropout.isPerExample()) {
      return new Kept(dropout.draw(step.sharedRng(), count), (int[]) null);
    }
    long draw = step.nextDraw();
    int[] perExample = new int[Math.toIntExact(latents.size(0))];
    Arrays.setAll(perExample, i -> dropout.draw(step.key().example(draw, i), count));
    return new Kept(count, perExample);
  }

  private Selected selected(Tensor latents, Kept kept) {
    Tensor z = latents.stopGradient();
    Selected greedy = greedy(z, kept);
    if (config.beam() == 1 || isTraining(latents.step())) {
      return greedy;
    }
    Selected found = new Selected(new ArrayList<>(), new ArrayList<>());
    for (Tensor codes : new BeamSearch(stages, config.beam()).codes(z, greedy.codes)) {
      found.vectors.add(vectors(found.codes.size(), codes));
      found.codes.add(codes);
    }
    return found;
  }

  private Selected greedy(Tensor z, Kept kept) {
    Selected selected = new Selected(new ArrayList<>(), new ArrayList<>());
    Tensor residual = z;
    for (int i = 0; i < Math.min(kept.count, stages.size()); i++) {
      Tensor codes = kept.mask(i, stages.get(i).encode(residual));
      Tensor vectors = vectors(i, codes).stopGradient();
      residual = residual.sub(vectors);
      selected.codes.add(codes);
      selected.vectors.add(vectors);
    }
    return selected;
  }

  /** Returns the sums of the loss terms of the stages, and registers their updates. */
  private LossTerms terms(Tensor latents, Selected selected) {
    List<Tensor> codes = selected.codes;
    LossTerms terms = new LossTerms();
    List<Tensor> residuals = new ArrayList<>(List.of(latents));
    for (int i = 0; i < codes.size() - 1; i++) {
      residuals.add(residuals.get(i).sub(selected.vectors.get(i)));
    }
    Quantizer first = stages.get(0);
    if (config.sharedCodebook()) {
      Tensor all = Tensor.stack(-2, residuals);
      Tensor allCodes = Tensor.stack(-1, codes);
      Quantized quantized =
          latents.step().within(first, () -> first.computeQuantized(all, allCodes));
      for (int i = 0; i < codes.size(); i++) {
        terms.add(quantized.terms()); // each is a mean over the stages
      }
      return terms;
    }
    for (int i = 0; i < codes.size(); i++) {
      Quantizer stage = stages.get(i);
      Tensor residual = residuals.get(i);
      Tensor own = codes.get(i);
      terms.add(latents.step().within(stage, () -> stage.computeQuantized(residual, own)).terms());
    }
    return terms;
  }

  /** Returns the codes of all stages [.., Q], or [..] if there is one. */
  private Tensor joined(List<Tensor> codes) {
    if (stages.size() == 1) {
      return codes.get(0);
    }
    Tensor first = codes.get(0);
    List<Tensor> all = new ArrayList<>(codes);
    while (all.size() < stages.size()) {
      int[] missing = new int[Math.toIntExact(first.length())];
      Arrays.fill(missing, Codes.MISSING);
      all.add(first.step().tensor(missing, first.shape()));
    }
    return Tensor.stack(-1, all);
  }

  @Override
  protected Tensor computeVectors(Tensor codes) {
    if (stages.size() == 1) {
      return vectors(0, codes);
    }
    long[] positions = Arrays.copyOf(codes.shape(), codes.rank() - 1);
    Tensor sum = null;
    for (int i = 0; i < stages.size(); i++) {
      Tensor vectors = vectors(i, codes.slice(-1, i, i + 1).reshape(positions));
      sum = sum == null ? vectors : sum.add(vectors);
    }
    return sum;
  }

  /** Returns the vectors of the codes of a stage, [.., D]; 0 for missing codes. */
  private Tensor vectors(int stage, Tensor codes) {
    Tensor missing = codes.eq(Codes.MISSING);
    Tensor vectors = stages.get(stage).computeVectors(codes.maskedFill(missing, 0));
    long[] shape = LongStream.concat(LongStream.of(codes.shape()), LongStream.of(1)).toArray();
    return vectors.maskedFill(missing.reshape(shape), 0);
  }

  @Override
  public int initializationLatents() {
    return stages.stream().mapToInt(Quantizer::initializationLatents).max().orElse(0);
  }

  /**
   * Initializes the stages one after the other, each from the residuals of the previous ones of the
   * same latents. Stages that need no initialization are unchanged. A shared codebook is
   * initialized from the latents first, and then again from the residuals of all stages, one stage
   * of each latent.
   */
  @Override
  public void initialize(float[] latents, int latentsPerStep, Rng rng) {
    if (config.sharedCodebook()) {
      initializeShared(latents, latentsPerStep, rng);
      return;
    }
    float[] residuals = latents.clone();
    for (Quantizer stage : stages) {
      if (stage.initializationLatents() > 0) {
        stage.initialize(residuals, latentsPerStep, rng);
      }
      subtractVectors(stage, residuals);
    }
  }

  private void initializeShared(float[] latents, int latentsPerStep, Rng rng) {
    Quantizer stage = stages.get(0);
    if (stage.initializationLatents() == 0) {
      return;
    }
    int d = dimension();
    int perStep = Math.multiplyExact(latentsPerStep, stages.size());
    stage.initialize(latents, perStep, rng);
    float[] residuals = latents.clone();
    float[] sample = latents.clone();
    for (int i = 1; i < stages.size(); i++) {
      subtractVectors(stage, residuals);
      for (int row = i; row < latents.length / d; row += stages.size()) {
        System.arraycopy(residuals, row * d, sample, row * d, d);
      }
    }
    stage.initialize(sample, perStep, rng);
  }

  /** Subtracts the vector of its code from each row. */
  private void subtractVectors(Quantizer stage, float... rows) {
    int chunk = INIT_ROWS * dimension();
    for (int from = 0; from < rows.length; from += chunk) {
      float[] part = Arrays.copyOfRange(rows, from, Math.min(rows.length, from + chunk));
      try (Step step = Step.inference()) {
        Tensor latents = step.tensor(part, part.length / dimension(), dimension());
        float[] left = latents.sub(stage.lookup(stage.encode(latents))).toFloats();
        System.arraycopy(left, 0, rows, from, left.length);
      }
    }
  }
}
