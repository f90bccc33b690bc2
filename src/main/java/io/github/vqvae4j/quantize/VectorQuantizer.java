package io.github.vqvae4j.quantize;

import io.github.vqvae4j.metrics.CodeUsage;
import io.github.vqvae4j.metrics.FiniteRows;
import io.github.vqvae4j.nn.LossTerm;
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
 * The vector quantizer of VQ-VAE (van den Oord, Vinyals and Kavukcuoglu 2017). With encoder outputs
 * z_e and codebook vectors e_1 .. e_K:
 *
 * <pre>
 * k   = argmin_j ||z_e - e_j||          (equation 1; of equals, the lowest)
 * z_q = e_k                             (equation 2), gradient straight through to z_e
 * L   = alpha mean((sg(z_e) - z_q)^2) + beta mean((z_e - sg(z_q))^2)    (equation 3)
 * </pre>
 *
 * <p>The first term, {@code codebook}, moves the codebook towards the encoder's outputs; the
 * second, {@code commitment}, moves the encoder towards the codebook. With {@link Update#EMA} there
 * is no first term: moving averages of the outputs assigned to each code are its vector (appendix
 * A.1). With n_i outputs of a batch assigned to code i, and gamma the decay:
 *
 * <pre>
 * N_i &lt;- gamma N_i + (1 - gamma) n_i
 * m_i &lt;- gamma m_i + (1 - gamma) (sum of these outputs)
 * w   &lt;- gamma w   + (1 - gamma)
 * e_i  = (m_i / w) / N'_i,   N'_i = (N_i / w + epsilon) / (N + K epsilon) N,   N = sum of N_i / w
 * </pre>
 *
 * <p>From 0, w is 1 - gamma^t, which removes the bias of averages that start at zero (Kingma and Ba
 * 2015, section 3); from 1 it stays 1. N' is Laplace smoothing, as in the authors' code. With
 * {@link Update#GRADIENT} only N and w are kept, which tell {@linkplain Restarts dead codes}.
 *
 * <p>The first axis of the vectors is that of the examples: which vectors dead codes restart at is
 * drawn by each example's place in the whole batch ({@link io.github.vqvae4j.random.RngKey}).
 *
 * <p>A training step quantizes first, with the codebook as it is, and updates it when it commits.
 * State: {@code codebook} e [K, D]; {@code count} N [K] and, unless the gradient moves the
 * codebook, {@code sum} m [K, D]; {@code weight} w [1]; {@code initialized} [1], whether there is a
 * codebook to train yet.
 */
public final class VectorQuantizer extends Quantizer {
  /** Vectors per code that k-means starts from. */
  private static final int START_VECTORS_PER_CODE = 20;

  /** Numbers of these vectors: whole batches of them must fit into one array. */
  private static final int MOST_START_NUMBERS = 1 << 30;

  /** Iterations of that; training moves the codebook on. */
  private static final int START_ITERATIONS = 10;

  /** The bound of a codebook that starts as in Keras. */
  private static final double SMALL = 0.05;

  private final VectorQuantizerConfig config;
  private final Variable codebook;
  private final Variable count;

  /** Null where the gradient moves the codebook. */
  private final Variable sum;

  private final Variable weight;
  private final Variable initialized;

  /**
   * A quantizer.
   *
   * @param config the settings
   * @param rng where the codebook is drawn from
   */
  public VectorQuantizer(VectorQuantizerConfig config, Rng rng) {
    this.config = config;
    int k = config.codebookSize();
    int d = config.dimension();
    double bound = config.init() == Initialization.SMALL_UNIFORM ? SMALL : Math.sqrt(3.0 / d);
    DoubleSupplier number =
        config.init() == Initialization.NORMAL
            ? rng::nextGaussian
            : () -> bound * (2 * rng.nextDouble() - 1);
    Supplier<float[]> start = () -> drawn(k * d, number);
    boolean byGradient = config.update() == Update.GRADIENT;
    codebook = byGradient ? parameter("codebook", start, k, d) : buffer("codebook", start, k, d);
    boolean debiased = config.ema().zeroDebiased();
    Supplier<float[]> sums = () -> drawn(k * d, debiased ? () -> 0 : rng::nextGaussian);
    count = buffer("count", () -> new float[k], k);
    sum = byGradient ? null : buffer("sum", sums, k, d);
    weight = buffer("weight", new float[] {debiased ? 0 : 1}, 1);
    initialized =
        buffer("initialized", new float[] {config.init() == Initialization.K_MEANS ? 0 : 1}, 1);
  }

  private static float[] drawn(int size, DoubleSupplier number) {
    float[] values = new float[size];
    for (int i = 0; i < size; i++) {
      values[i] = (float) number.getAsDouble();
    }
    return values;
  }

  /**
   * Settings for a codebook that learns by moving averages.
   *
   * @param codebookSize K
   * @param dimension D
   * @return the settings, to be changed or built
   */
  public static VectorQuantizerConfig ema(int codebookSize, int dimension) {
    return VectorQuantizerConfig.of(codebookSize, dimension, Update.EMA);
  }

  /**
   * Settings for a codebook that learns by the gradient of its own term.
   *
   * @param codebookSize K
   * @param dimension D
   * @return the settings, to be changed or built
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
   * The codebook vectors.
   *
   * @return row by row, [K, D], a copy
   */
  public float[] codebook() {
    return codebook.toFloats();
  }

  @Override
  protected Tensor codes(Tensor vectors) {
    checkShape(vectors);
    long[] places = Arrays.copyOf(vectors.shape(), vectors.rank() - 1);
    Tensor table = codebook.in(vectors.step());
    return vectors.reshape(-1, config.dimension()).nearestRows(table).reshape(places);
  }

  @Override
  protected Tensor vectors(Tensor codes) {
    return codebook.in(codes.step()).embedding(codes);
  }

  private void checkShape(Tensor vectors) {
    if (vectors.size(-1) != config.dimension() || vectors.rank() < 2) {
      throw new IllegalArgumentException(
          "VectorQuantizer: expected vectors [.., "
              + config.dimension()
              + "], got "
              + Arrays.toString(vectors.shape())
              + ". The encoder's last layer must have as many channels as the codebook's vectors"
              + " have numbers.");
    }
  }

  @Override
  protected Quantized quantized(Tensor vectors) {
    checkShape(vectors);
    boolean training = isTraining(vectors.step());
    if (training && initializationVectors() > 0) {
      throw new IllegalStateException(
          "VectorQuantizer: its codebook starts from k-means on data and was not initialized. Train"
              + " with Trainer, call initialize(vectors, ..) first, or choose another initialization.");
    }
    Tensor codes = codes(vectors);
    Tensor chosen = vectors(codes);
    List<LossTerm> terms = new ArrayList<>();
    if (config.update() == Update.GRADIENT) {
      Tensor term = vectors.stopGradient().meanSquaredError(chosen);
      terms.add(new LossTerm("codebook", term, config.codebookWeight()));
    }
    Tensor commitment = vectors.meanSquaredError(chosen.stopGradient());
    terms.add(new LossTerm("commitment", commitment, config.commitmentWeight()));
    CodeUsage usage = CodeUsage.of(codes.toInts(), config.codebookSize());
    if (training && !isFrozen()) {
      learn(vectors.stopGradient(), codes, chosen.stopGradient(), usage);
    } else {
      vectors.step().skipDraw();
    }
    return new Quantized(vectors.straightThrough(chosen), codes, List.copyOf(terms), usage);
  }

  /** Has the averages take in a batch at commit; of its size, only these copies leave the step. */
  private void learn(Tensor vectors, Tensor codes, Tensor chosen, CodeUsage usage) {
    Step step = vectors.step();
    int d = config.dimension();
    Tensor rows = vectors.reshape(-1, d);
    double[] counts = Arrays.stream(usage.counts()).asDoubleStream().toArray();
    double[] sums =
        sum == null ? null : rows.segmentSum(codes.reshape(-1), counts.length).toDoubles();
    double[] after = moved(count.toDoubles(), counts);
    int examples = Math.toIntExact(vectors.size(0));
    Restarts restarts = Restarts.of(config, codebook, after, rows, chosen.reshape(-1, d), examples);
    Variable[] written = {codebook, count, weight, sum};
    step.onCommit(
        () -> update(counts, sums, restarts), Arrays.copyOf(written, sum == null ? 3 : 4));
  }

  /** The averages after one more batch: gamma average + (1 - gamma) batch. */
  private double[] moved(double[] averages, double... batch) {
    double decay = config.ema().decay();
    for (int i = 0; i < averages.length; i++) {
      averages[i] = decay * averages[i] + (1 - decay) * batch[i];
    }
    return averages;
  }

  private void update(double[] counts, double[] sums, Restarts restarts) {
    restarts.leaveOutReplaced(counts, sums);
    double[] n = moved(count.toDoubles(), counts);
    double[] m = sum == null ? null : moved(sum.toDoubles(), sums);
    double[] w = moved(weight.toDoubles(), 1);
    boolean[] dead = Restarts.dead(n, config.deadCodeThreshold());
    if (m != null) {
      divide(n, m, w[0], dead);
    }
    restarts.move(dead, n, m);
    count.set(n);
    weight.set(w);
    if (m != null) {
      sum.set(m);
    }
  }

  /** e_i = (m_i / w) / N'_i; a dead code, for which that is next to nothing, keeps its place. */
  private void divide(double[] n, double[] m, double w, boolean... dead) {
    int d = config.dimension();
    double epsilon = config.ema().epsilon();
    double total = Arrays.stream(n).sum() / w;
    double[] e = codebook.toDoubles();
    for (int i = 0; i < n.length; i++) {
      double smoothed = (n[i] / w + epsilon) / (total + n.length * epsilon) * total;
      for (int j = i * d; !dead[i] && j < (i + 1) * d; j++) {
        e[j] = m[j] / w / smoothed;
      }
      if (config.ema().smoothedCountsStored()) {
        n[i] = smoothed;
      }
    }
    codebook.set(e);
  }

  @Override
  public int initializationVectors() {
    return initialized.toDoubles()[0] == 1
        ? 0
        : initializationVectors(config.codebookSize(), config.dimension());
  }

  static int initializationVectors(int codebookSize, int dimension) {
    long wanted = (long) START_VECTORS_PER_CODE * codebookSize;
    return (int) Math.max(1, Math.min(wanted, MOST_START_NUMBERS / dimension));
  }

  /**
   * Starts codebook and averages from the clusters of some vectors: count N = c and sum m = c e for
   * a cluster of c vectors with mean e, since otherwise the first update would undo the start.
   * Where there are fewer different vectors than codes, the other codes start between two of them.
   */
  @Override
  public void initialize(float[] vectors, int perBatch, Rng rng) {
    int d = config.dimension();
    int k = config.codebookSize();
    FiniteRows.check("VectorQuantizer", vectors, d);
    if (perBatch < 1) {
      throw new IllegalArgumentException(
          "VectorQuantizer.start: expected at least 1 vector in a batch, got " + perBatch + ".");
    }
    int clusters = Math.min(k, vectors.length / d);
    KMeansConfig settings = KMeansConfig.of(clusters).iterations(START_ITERATIONS);
    KMeans found = KMeans.fit(vectors, d, settings, rng);
    float[] centers = DistinctCenters.of(found.centers(), d, k, rng);
    double scale = (double) perBatch * d / vectors.length;
    double[] n = new double[k];
    double[] m = new double[k * d];
    for (int i = 0; i < m.length; i++) {
      // A code that no vector is nearest to counts as one, or the first update would move it to 0.
      n[i / d] = scale * Math.max(1, i / d < clusters ? found.sizes()[i / d] : 0);
      m[i] = n[i / d] * centers[i];
    }
    codebook.set(centers);
    count.set(n);
    weight.set(new float[] {1});
    if (sum != null) {
      sum.set(m);
    }
    initialized.set(new float[] {1});
  }
}
