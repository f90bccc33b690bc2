package io.github.vqvae4j.quantize;

import io.github.vqvae4j.metrics.CodeUsage;
import io.github.vqvae4j.metrics.FiniteRows;
import io.github.vqvae4j.nn.LossTerm;
import io.github.vqvae4j.quantize.VectorQuantizerConfig.Start;
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
 * <p>The first term, {@code codebook}, moves the codebook towards the encoder's outputs and is
 * absent where moving averages do that ({@link Update#EMA}, {@link EmaConfig}); the second, {@code
 * commitment}, moves the encoder towards the codebook.
 *
 * <p>A training step quantizes first, with the codebook as it is, and updates it when it commits.
 * State: {@code codebook} [K, D]; {@code count} [K] and, unless the gradient moves the codebook,
 * {@code sum} [K, D], the moving averages; {@code weight} [1], what they are divided by; {@code
 * started} [1], whether there is a codebook to train yet.
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
  private final CodebookAverages averages;
  private final Variable started;

  /**
   * A quantizer.
   *
   * @param config its settings
   * @param rng where the codebook is drawn from
   */
  public VectorQuantizer(VectorQuantizerConfig config, Rng rng) {
    this.config = config;
    int k = config.codebookSize();
    int d = config.dimension();
    double bound = config.start() == Start.SMALL_UNIFORM ? SMALL : Math.sqrt(3.0 / d);
    DoubleSupplier number =
        config.start() == Start.NORMAL
            ? rng::nextGaussian
            : () -> bound * (2 * rng.nextDouble() - 1);
    Supplier<float[]> start = () -> drawn(k * d, number);
    boolean byGradient = config.update() == Update.GRADIENT;
    codebook = byGradient ? parameter("codebook", start, k, d) : buffer("codebook", start, k, d);
    boolean debiased = config.ema().zeroDebiased();
    Supplier<float[]> sums = () -> drawn(k * d, debiased ? () -> 0 : rng::nextGaussian);
    averages =
        new CodebookAverages(
            config,
            codebook,
            buffer("count", () -> new float[k], k),
            byGradient ? null : buffer("sum", sums, k, d),
            buffer("weight", new float[] {debiased ? 0 : 1}, 1));
    started = buffer("started", new float[] {config.start() == Start.K_MEANS ? 0 : 1}, 1);
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
  public Codes encode(Tensor vectors) {
    checkShape(vectors);
    return codes(nearest(vectors).toInts(), vectors);
  }

  private Tensor nearest(Tensor vectors) {
    return vectors.reshape(-1, config.dimension()).nearestRows(codebook.in(vectors.step()));
  }

  private Codes codes(int[] values, Tensor vectors) {
    return Codes.of(values, config.codebookSize(), leading(vectors.shape()));
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
  public Quantized quantize(Tensor vectors) {
    checkShape(vectors);
    return vectors.step().within(this, () -> assign(vectors));
  }

  private Quantized assign(Tensor vectors) {
    Step step = vectors.step();
    if (isTraining(step) && vectorsToStart() > 0) {
      throw new IllegalStateException(
          "VectorQuantizer: its codebook starts from k-means on data and was not started. Train"
              + " with Trainer, call start(vectors, ..) first, or choose another start.");
    }
    Tensor table = codebook.in(step);
    Tensor nearest = nearest(vectors);
    int[] codes = nearest.toInts();
    Tensor chosen = table.embedding(nearest).reshape(vectors.shape());

    List<LossTerm> terms = new ArrayList<>();
    if (config.update() == Update.GRADIENT) {
      Tensor term = vectors.stopGradient().meanSquaredError(chosen);
      terms.add(new LossTerm("codebook", term, config.codebookWeight()));
    }
    Tensor commitment = vectors.meanSquaredError(chosen.stopGradient());
    terms.add(new LossTerm("commitment", commitment, config.commitmentWeight()));

    if (isTraining(step)) {
      double[] values = vectors.toDoubles();
      long replacements = codebook.replacements();
      Rng rng = step.sharedRng();
      step.onCommit(() -> averages.update(values, codes, replacements, rng), averages.variables());
    }
    return new Quantized(
        vectors.straightThrough(chosen),
        codes(codes, vectors),
        List.copyOf(terms),
        CodeUsage.of(codes, config.codebookSize()));
  }

  private static int[] leading(long[] shape) {
    int[] leading = new int[Math.max(2, shape.length - 1)];
    Arrays.fill(leading, 1);
    for (int i = 0; i < shape.length - 1; i++) {
      leading[i] = Math.toIntExact(shape[i]);
    }
    return leading;
  }

  @Override
  public Tensor lookup(Step step, int[] codes) {
    return codebook.in(step).rows(codes);
  }

  @Override
  public int vectorsToStart() {
    return started.toDoubles()[0] == 1
        ? 0
        : vectorsToStart(config.codebookSize(), config.dimension());
  }

  static int vectorsToStart(int codebookSize, int dimension) {
    long wanted = (long) START_VECTORS_PER_CODE * codebookSize;
    return (int) Math.max(1, Math.min(wanted, MOST_START_NUMBERS / dimension));
  }

  /**
   * Starts codebook and averages from the clusters of some vectors: count N = c and sum m = c e for
   * a cluster of c vectors with mean e, since otherwise the first update would undo the start.
   * Where there are fewer different vectors than codes, the other codes start between two of them.
   */
  @Override
  public void start(float[] vectors, int perBatch, Rng rng) {
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
    averages.start(centers, found.sizes(), (double) perBatch * d / vectors.length);
    started.set(new float[] {1});
  }
}
