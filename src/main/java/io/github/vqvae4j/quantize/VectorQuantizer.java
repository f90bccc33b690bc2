package io.github.vqvae4j.quantize;

import io.github.vqvae4j.metrics.CodeUsage;
import io.github.vqvae4j.metrics.FiniteRows;
import io.github.vqvae4j.nn.LossTerm;
import io.github.vqvae4j.quantize.VectorQuantizerConfig.Distance;
import io.github.vqvae4j.quantize.VectorQuantizerConfig.Estimator;
import io.github.vqvae4j.quantize.VectorQuantizerConfig.Initialization;
import io.github.vqvae4j.quantize.VectorQuantizerConfig.Update;
import io.github.vqvae4j.random.Rng;
import io.github.vqvae4j.tensor.Step;
import io.github.vqvae4j.tensor.Tensor;
import io.github.vqvae4j.tensor.Variable;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.function.DoubleSupplier;
import java.util.function.Supplier;

/**
 * The vector quantizer of VQ-VAE (van den Oord, Vinyals and Kavukcuoglu 2017). Each encoder output
 * z_e is replaced by the nearest of the codebook vectors e_1 .. e_K:
 *
 * <pre>
 * k   = argmin_j ||z_e - e_j||          (equation 1; ties go to the lowest index)
 * z_q = e_k                             (equation 2), with a straight-through gradient to z_e
 * L   = alpha mean((sg(z_e) - z_q)^2) + beta mean((z_e - sg(z_q))^2)    (equation 3)
 * </pre>
 *
 * <p>sg is the stop-gradient operator. The first loss term, {@code codebook}, moves the codebook
 * vectors toward the encoder outputs; the second, {@code commitment}, moves the encoder outputs
 * toward the codebook. The model adds the reconstruction loss.
 *
 * <p>With {@link Update#EMA} there is no codebook loss. Instead, each codebook vector is an
 * exponential moving average of the encoder outputs assigned to it (appendix A.1). With n_i encoder
 * outputs of a training step assigned to code i, and decay gamma:
 *
 * <pre>
 * N_i &lt;- gamma N_i + (1 - gamma) n_i
 * m_i &lt;- gamma m_i + (1 - gamma) (sum of these encoder outputs)
 * w   &lt;- gamma w   + (1 - gamma)
 * e_i  = (m_i / w) / N'_i
 * N'_i = S * (N_i / w + epsilon) / (S + K * epsilon),   S = sum_j N_j / w
 * </pre>
 *
 * <p>Initialized with 0, w is 1 - gamma^t, which corrects the bias of zero-initialized averages
 * (Kingma and Ba 2015, section 3); initialized with 1, it stays 1 (see {@link EmaConfig}). With
 * zero-debiased averages of vectors, k-means counts as the first step (see {@link #initialize}).
 * N'_i is N_i / w with Laplace smoothing, as in the authors' code. With {@link Update#GRADIENT}
 * only N_i and w are tracked, for the detection of dead codes.
 *
 * <p>Rarely used codes are dead. They are restarted at encoder outputs of the training step (see
 * {@link VectorQuantizerConfig#deadCodeThreshold}). The first axis of the latents is the batch; the
 * random choice of encoder outputs depends on each example's position in the whole batch ({@link
 * io.github.vqvae4j.random.RngKey}). The equation of e_i does not apply to a dead code.
 *
 * <p>A training step updates the codebook once, with n_i and the sums over all workers and
 * accumulated batches; once for each call of {@link #quantize} if a pass calls it repeatedly.
 * Averages and restarts therefore do not depend on how the batch is divided, except for the
 * rounding of the encoder outputs and of the sums.
 *
 * <pre>{@code
 * VectorQuantizer quantizer =
 *     VectorQuantizer.ema(512, 64)
 *         .init(VectorQuantizerConfig.Initialization.NORMAL)
 *         .build(new Rng(42));
 * try (Step step = Step.training(new Rng(1))) {
 *   Tensor images = step.tensor(pixels, 32, 28, 28, 1);
 *   Tensor latents = encoder.forward(images); // [32, 7, 7, 64]
 *   Quantized result = quantizer.quantize(latents);
 *   Tensor reconstructions = decoder.forward(result.quantized());
 *   Tensor loss = reconstructions.meanSquaredError(images).add(LossTerm.total(result.terms()));
 *   loss.backward();
 *   optimizer.update(parameters, step);
 *   step.commit(); // updates the codebook
 * }
 * }</pre>
 *
 * <p>A training step quantizes with the current codebook and updates it when the step commits.
 * State: {@code codebook} e [K, D]; {@code count} N [K]; with {@link Update#EMA}, {@code sum} m [K,
 * D]; {@code weight} w [1]; {@code initialized} [1], 1 once the codebook is initialized. With
 * {@link Initialization#K_MEANS}, the trainer calls {@link #initialize} before the first training
 * step.
 */
public final class VectorQuantizer extends Quantizer {
  /** The number of latents per code for k-means initialization. */
  private static final int INIT_LATENTS_PER_CODE = 20;

  /** The maximum number of values in these latents, since whole batches must fit into one array. */
  private static final int MAX_INIT_VALUES = 1 << 30;

  /** The number of k-means iterations; training refines the codebook. */
  private static final int INIT_ITERATIONS = 10;

  /** The bound of {@link Initialization#SMALL_UNIFORM}. */
  private static final double SMALL_BOUND = 0.05;

  private final VectorQuantizerConfig config;
  private final Variable codebook;
  private final Variable count;

  /** Null with {@link Update#GRADIENT}. */
  private final Variable sum;

  private final Variable weight;
  private final Variable initialized;
  private final DeadCodes deadCodes;

  /** Null if the codebook is not affine. */
  private final AffineCodebook affine;

  /**
   * Creates a quantizer.
   *
   * @param config the settings
   * @param rng the random number generator for the initial codebook
   */
  public VectorQuantizer(VectorQuantizerConfig config, Rng rng) {
    this.config = config;
    int k = config.codebookSize();
    int d = config.dimension();
    double bound = config.init() == Initialization.SMALL_UNIFORM ? SMALL_BOUND : Math.sqrt(3.0 / d);
    DoubleSupplier random =
        config.init() == Initialization.NORMAL
            ? rng::nextGaussian
            : () -> bound * (2 * rng.nextDouble() - 1);
    Supplier<float[]> vectors = () -> fill(k * d, random);
    boolean byGradient = config.update() == Update.GRADIENT;
    codebook =
        byGradient ? parameter("codebook", vectors, k, d) : buffer("codebook", vectors, k, d);
    boolean debiased = config.ema().zeroDebiased();
    Supplier<float[]> sums = () -> fill(k * d, debiased ? () -> 0 : rng::nextGaussian);
    count = buffer("count", () -> new float[k], k);
    sum = byGradient ? null : buffer("sum", sums, k, d);
    weight = buffer("weight", new float[] {debiased ? 0 : 1}, 1);
    initialized =
        buffer("initialized", new float[] {config.init() == Initialization.K_MEANS ? 0 : 1}, 1);
    deadCodes = new DeadCodes(config, count, weight);
    affine = config.affine() ? affine() : null;
  }

  private AffineCodebook affine() {
    int d = config.dimension();
    Variable moments = buffer("moments", () -> AffineCodebook.identity(d), 4, d);
    return new AffineCodebook(moments, buffer("momentsStarted", new float[1], 1), codebook);
  }

  private static float[] fill(int size, DoubleSupplier value) {
    float[] values = new float[size];
    for (int i = 0; i < size; i++) {
      values[i] = (float) value.getAsDouble();
    }
    return values;
  }

  /**
   * Creates the default settings of a codebook trained by exponential moving averages.
   *
   * @param codebookSize K, the number of codes
   * @param dimension D, the dimension of each codebook vector
   * @return the settings
   */
  public static VectorQuantizerConfig ema(int codebookSize, int dimension) {
    return VectorQuantizerConfig.of(codebookSize, dimension, Update.EMA);
  }

  /**
   * Creates the default settings of a codebook trained by the gradient of the codebook loss.
   *
   * @param codebookSize K, the number of codes
   * @param dimension D, the dimension of each codebook vector
   * @return the settings
   */
  public static VectorQuantizerConfig gradient(int codebookSize, int dimension) {
    return VectorQuantizerConfig.of(codebookSize, dimension, Update.GRADIENT);
  }

  @Override
  public Optional<Config> config() {
    return Optional.of(config);
  }

  @Override
  public int codebookSize() {
    return config.codebookSize();
  }

  @Override
  public int dimension() {
    return config.dimension();
  }

  /**
   * Returns the codebook vectors, to which latents are quantized.
   *
   * @return a copy of the vectors [K, D] in row-major order
   */
  public float[] codebook() {
    try (Step step = Step.inference()) {
      return vectors(codebook.in(step)).toFloats();
    }
  }

  @Override
  protected Tensor computeCodes(Tensor latents) {
    LatentsCheck.shape(this, latents);
    return nearest(latents);
  }

  private Tensor nearest(Tensor latents) {
    Tensor rows = searched(latents.stopGradient());
    return rows.nearestRows(table(latents.step())).reshape(positions(latents));
  }

  private static long[] positions(Tensor latents) {
    return Arrays.copyOf(latents.shape(), latents.rank() - 1);
  }

  /** Returns the rows [n, D] for which the nearest row of {@link #table} is searched. */
  private Tensor searched(Tensor latents) {
    Tensor rows = latents.reshape(-1, config.dimension());
    return config.distance() == Distance.EUCLIDEAN ? rows : UnitVectors.of(rows);
  }

  private Tensor table(Step step) {
    Tensor vectors = vectors(codebook.in(step).stopGradient());
    return config.distance() == Distance.COSINE_LOOKUP ? UnitVectors.of(vectors) : vectors;
  }

  @Override
  protected Tensor computeVectors(Tensor codes) {
    return vectors(codebook.in(codes.step()).embedding(codes));
  }

  /** Returns what rows [.., D] of the codebook stand for. */
  private Tensor vectors(Tensor rows) {
    if (affine != null) {
      return affine.vectors(rows);
    }
    return config.distance() == Distance.COSINE ? UnitVectors.of(rows) : rows;
  }

  @Override
  protected Quantized computeQuantized(Tensor latents) {
    LatentsCheck.shape(this, latents);
    return computeQuantized(latents, codes(latents));
  }

  @Override
  Quantized computeQuantized(Tensor latents, Tensor codes) {
    boolean training = isTraining(latents.step());
    if (training && initializationLatents() > 0) {
      throw new IllegalStateException(
          "VectorQuantizer: the codebook was not initialized. Initialization by k-means needs data:"
              + " train with Trainer, call initialize(latents, ..) first, or choose another"
              + " initialization.");
    }
    Tensor x = config.distance() == Distance.COSINE ? UnitVectors.of(latents) : latents;
    Tensor selected = selected(x, codes); // equation 2
    Tensor quantized = quantized(x, selected, training);
    CodeUsage usage = CodeUsage.of(codes.toInts(), config.codebookSize());
    if (training && !isFrozen()) {
      updateOnCommit(x.stopGradient(), codes, selected.stopGradient(), usage);
    } else {
      latents.step().skipDraw();
    }
    return new Quantized(quantized, codes, terms(x, selected), List.of(usage));
  }

  /** Returns the codes of equation 1, or samples them. */
  private Tensor codes(Tensor latents) {
    if (config.temperature() == 0) {
      return nearest(latents);
    }
    if (!isTraining(latents.step())) {
      latents.step().skipDraw();
      return nearest(latents);
    }
    LatentsCheck.finite(this, latents);
    Tensor constant = latents.stopGradient();
    Tensor uniform = constant.slice(-1, 0, 1).uniformLike().reshape(-1, 1);
    Tensor table = table(latents.step());
    return SampledCodes.of(searched(constant), table, uniform, config.temperature())
        .reshape(positions(latents));
  }

  private Tensor quantized(Tensor x, Tensor selected, boolean training) {
    boolean noisy = config.estimator() == Estimator.DIVEQ && config.directionNoise() > 0;
    if (noisy && !training) {
      x.step().skipDraw();
    }
    return switch (config.estimator()) {
      case STRAIGHT_THROUGH -> x.straightThrough(selected);
      case ROTATION -> Estimators.rotation(x, selected);
      case DIVEQ -> {
        Tensor noise =
            noisy && training ? x.stopGradient().normalLike().mul(config.directionNoise()) : null;
        yield Estimators.diveq(x, selected, noise);
      }
    };
  }

  /** Returns the terms of equation 3 without the reconstruction loss, and those of options. */
  private List<LossTerm> terms(Tensor x, Tensor selected) {
    List<LossTerm> terms = new ArrayList<>();
    boolean byDistance = config.estimator() != Estimator.DIVEQ;
    if (byDistance && config.update() == Update.GRADIENT) {
      Tensor term = x.stopGradient().meanSquaredError(selected);
      terms.add(new LossTerm("codebook", term, config.codebookWeight()));
    }
    if (byDistance) {
      Tensor commitment = x.meanSquaredError(selected.stopGradient());
      terms.add(new LossTerm("commitment", commitment, config.commitmentWeight()));
    }
    if (config.orthogonality() > 0) {
      Tensor u = UnitVectors.of(codebook.in(x.step()));
      double k = config.codebookSize();
      Tensor squares = u.matmul(true, u, false).square().sum(); // sum_ij (u_i . u_j)^2
      Tensor term = squares.div(k * k).sub(1 / k);
      terms.add(new LossTerm("orthogonality", term, config.orthogonality()));
    }
    return List.copyOf(terms);
  }

  /** Returns the codebook vectors; for missing codes, the latents, whose error is then 0. */
  private Tensor selected(Tensor latents, Tensor codes) {
    if (Arrays.stream(codes.toInts()).noneMatch(code -> code == Codes.MISSING)) {
      return computeVectors(codes);
    }
    Tensor missing = codes.eq(Codes.MISSING);
    long[] shape = latents.shape();
    shape[shape.length - 1] = 1;
    Tensor vectors = computeVectors(codes.maskedFill(missing, 0));
    return Tensor.where(missing.reshape(shape), latents.stopGradient(), vectors);
  }

  /**
   * Registers the update of averages and codebook to run at commit. Only statistics are copied out
   * of the step, not the latents.
   */
  private void updateOnCommit(Tensor x, Tensor codes, Tensor vectors, CodeUsage usage) {
    Step step = x.step();
    Tensor latents = x.reshape(-1, config.dimension());
    Tensor table = codebook.in(step).stopGradient();
    Tensor rows = latents;
    Tensor selected = vectors.reshape(latents.shape());
    if (affine != null) { // in the space of e
      rows = affine.inverse(rows);
      selected = affine.inverse(selected);
    }
    long[] counts = usage.counts();
    int examples = Math.toIntExact(x.size(0));
    DeadCodeRestart restart =
        DeadCodeRestart.sample(deadCodes.maxAfter(counts), rows, selected, examples);
    CodebookStatistics statistics =
        sum == null
            ? CodebookStatistics.ofCounts(counts, restart)
            : CodebookStatistics.of(counts, restart, rows, codes.toInts());
    Variable[] written = {codebook, count, weight, sum};
    step.onCommit(
        statistics,
        CodebookStatistics::merge,
        this::update,
        Arrays.copyOf(written, sum == null ? 3 : 4));
    if (config.onlineClustering()) {
      double decay = config.ema().decay();
      double w = weight.toDoubles()[0];
      step.onCommit(
          OnlineClustering.of(count.toDoubles(), w, decay, table, rows),
          OnlineClustering::merge,
          nearest -> nearest.apply(count.toDoubles(), weight.toDoubles()[0], decay, codebook),
          codebook);
    }
    if (affine != null) {
      affine.updateOnCommit(latents);
    }
  }

  private void update(CodebookStatistics statistics) {
    if (statistics.isEmpty()) {
      return; // all codes of the step are missing
    }
    double[] n = count.toDoubles();
    statistics.updateCounts(n, config.ema().decay());
    boolean[] dead = deadCodes.after(n);
    double w = deadCodes.updatedWeight();
    if (sum != null) {
      updateCodebook(statistics, n, w, dead);
    }
    statistics.restart().apply(dead, n, codebook, sum);
    count.set(n);
    weight.set(new double[] {w});
  }

  /** Sets e_i = (m_i / w) / N'_i, except for dead codes, whose averages are close to 0. */
  private void updateCodebook(
      CodebookStatistics statistics, double[] n, double w, boolean... dead) {
    int d = config.dimension();
    double epsilon = config.ema().epsilon();
    double total = Arrays.stream(n).sum() / w;
    double[] smoothed = new double[n.length];
    for (int i = 0; i < n.length; i++) {
      smoothed[i] = (n[i] / w + epsilon) / (total + n.length * epsilon) * total;
    }
    RowChunks m = new RowChunks(sum);
    RowChunks e = new RowChunks(codebook);
    while (m.next() && e.next()) {
      statistics.updateSums(m, config.ema().decay());
      m.write();
      double[] vectors = e.values();
      double[] averages = m.values();
      for (int i = 0; i < m.count(); i++) {
        double divisor = smoothed[m.start() + i];
        for (int j = i * d; !dead[m.start() + i] && j < (i + 1) * d; j++) {
          vectors[j] = averages[j] / w / divisor;
        }
      }
      e.write();
    }
    if (config.ema().smoothedCountsStored()) {
      System.arraycopy(smoothed, 0, n, 0, n.length);
    }
  }

  @Override
  public int initializationLatents() {
    return initialized.toDoubles()[0] == 1
        ? 0
        : initializationLatents(config.codebookSize(), config.dimension());
  }

  static int initializationLatents(int codebookSize, int dimension) {
    long desired = (long) INIT_LATENTS_PER_CODE * codebookSize;
    return (int) Math.max(1, Math.min(desired, MAX_INIT_VALUES / dimension));
  }

  /**
   * Initializes the codebook and the moving averages by k-means clustering. For a cluster of c
   * latents with mean e, the count N is w c and the sum m is w c e, scaled to the batch size;
   * otherwise the first update would discard the initialization. If there are fewer distinct
   * latents than codes, the remaining codes are placed between two of them.
   *
   * <p>With {@link Update#EMA} and zero-debiased averages, w is 1 - gamma: the clustering counts as
   * one training step, and the averages are about means over the steps so far until there are 1 /
   * (1 - gamma) of them. Straight after initialization, the encoder outputs spread to some eight
   * times their size within twenty steps. With w = 1, the averages would follow by a twentieth per
   * step at gamma = 0.95, and a code of mean usage that is no longer selected would not be dead for
   * 69 steps; with w = 1 - gamma, it is after 19. Otherwise, w is 1.
   */
  @Override
  public void initialize(float[] latents, int latentsPerStep, Rng rng) {
    int d = config.dimension();
    int k = config.codebookSize();
    FiniteRows.check("VectorQuantizer.initialize", latents, d);
    if (latentsPerStep < 1) {
      throw new IllegalArgumentException(
          "VectorQuantizer.initialize: expected at least 1 latent per step, got "
              + latentsPerStep
              + ".");
    }
    int clusters = Math.min(k, latents.length / d);
    KMeansConfig settings = KMeansConfig.of(clusters).maxIterations(INIT_ITERATIONS);
    float[] rows = config.distance() == Distance.COSINE ? UnitVectors.of(latents, d) : latents;
    KMeans kMeans = KMeans.fit(rows, d, settings, rng);
    float[] centers = CodeSplitting.distinctCodes(kMeans.centers(), d, k, rng);
    double w = sum != null && config.ema().zeroDebiased() ? 1 - config.ema().decay() : 1;
    double scale = w * latentsPerStep * d / latents.length;
    double[] n = new double[k];
    double[] m = new double[k * d];
    for (int i = 0; i < m.length; i++) {
      // Codes without latents are assigned a count of one; otherwise the first update would move
      // them to 0.
      n[i / d] = scale * Math.max(1, i / d < clusters ? kMeans.sizes()[i / d] : 0);
      m[i] = n[i / d] * centers[i];
    }
    codebook.set(centers);
    count.set(n);
    weight.set(new double[] {w});
    if (sum != null) {
      sum.set(m);
    }
    initialized.set(new float[] {1});
  }
}
