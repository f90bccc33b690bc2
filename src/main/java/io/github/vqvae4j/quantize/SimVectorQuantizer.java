package io.github.vqvae4j.quantize;

import io.github.vqvae4j.nn.Buffer;
import io.github.vqvae4j.nn.Linear;
import io.github.vqvae4j.nn.LinearConfig;
import io.github.vqvae4j.nn.LossTerm;
import io.github.vqvae4j.random.Rng;
import io.github.vqvae4j.tensor.Step;
import io.github.vqvae4j.tensor.Tensor;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * SimVQ (Zhu et al. 2024, arXiv:2411.02038), a vector quantizer whose codebook is a learned linear
 * map of fixed random vectors. Each step moves all codebook vectors, so that codes do not die and
 * large codebooks are used.
 *
 * <pre>
 * c_j = e_j W (+ b),   e_j fixed, from N(0, 1/m)
 * k   = argmin_j ||x - c_j||     (ties go to the lowest index)
 * y   = c_k, with a straight-through gradient to x
 * L   = alpha mean((sg(x) - c_k)^2) + beta mean((x - sg(c_k))^2)
 * </pre>
 *
 * <p>The loss terms are {@code codebook}, which trains W and b, and {@code commitment}. The
 * gradient is computed from the selected rows of e only. A pass takes K m D multiplications for the
 * codebook, and memory of K D.
 *
 * <pre>{@code
 * SimVectorQuantizer quantizer = SimVectorQuantizer.codes(8192, 64).build(new Rng(42));
 * try (Step step = Step.inference()) {
 *   Tensor latents = step.tensor(new float[2 * 7 * 7 * 64], 2, 7, 7, 64); // encoder outputs
 *   Tensor codes = quantizer.encode(latents); // [2, 7, 7], from 0 to 8191
 *   Tensor vectors = quantizer.lookup(codes); // [2, 7, 7, 64]
 * }
 * }</pre>
 *
 * <p>State: the buffer {@code fixed} e [K, m], and the parameters {@code projection.weight} W [m,
 * D] and, if present, {@code projection.bias} b [D], with PyTorch's initialization.
 */
public final class SimVectorQuantizer extends Quantizer {
  private final SimVectorQuantizerConfig config;
  private final Buffer fixed;
  private final Linear projection;

  /**
   * Creates a quantizer.
   *
   * @param config the settings
   * @param rng the random number generator for the fixed vectors and the initial weights
   */
  public SimVectorQuantizer(SimVectorQuantizerConfig config, Rng rng) {
    this.config = config;
    int m = config.fixedDimension();
    fixed = buffer("fixed", () -> vectors(config.codebookSize(), m, rng), config.codebookSize(), m);
    LinearConfig linear = LinearConfig.of(m, config.dimension()).bias(config.bias());
    projection = child("projection", new Linear(linear, rng));
  }

  private static float[] vectors(int k, int m, Rng rng) {
    float[] values = new float[k * m];
    double deviation = 1 / Math.sqrt(m);
    for (int i = 0; i < values.length; i++) {
      values[i] = (float) (deviation * rng.nextGaussian());
    }
    return values;
  }

  /**
   * Creates the default settings.
   *
   * @param codebookSize K, the number of codes
   * @param dimension D, the dimension of each codebook vector
   * @return the settings
   */
  public static SimVectorQuantizerConfig codes(int codebookSize, int dimension) {
    return SimVectorQuantizerConfig.of(codebookSize, dimension);
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
   * Returns the current codebook vectors, from which a plain vector quantizer could be made.
   *
   * @return c [K, D] in row-major order
   */
  public float[] codebook() {
    try (Step step = Step.inference()) {
      return codebook(step).toFloats();
    }
  }

  /** Returns c [K, D], a constant. */
  private Tensor codebook(Step step) {
    return projection.forward(fixed.in(step)).stopGradient();
  }

  @Override
  protected Tensor computeCodes(Tensor latents) {
    return nearest(latents, codebook(latents.step()));
  }

  private Tensor nearest(Tensor latents, Tensor codebook) {
    LatentsCheck.shape(this, latents);
    long[] positions = Arrays.copyOf(latents.shape(), latents.rank() - 1);
    return latents.reshape(-1, config.dimension()).nearestRows(codebook).reshape(positions);
  }

  @Override
  protected Tensor computeVectors(Tensor codes) {
    return codebook(codes.step()).embedding(codes);
  }

  @Override
  protected Quantized computeQuantized(Tensor latents) {
    Tensor codebook = codebook(latents.step());
    Tensor codes = nearest(latents, codebook);
    Tensor vectors = codebook.embedding(codes);
    Tensor trained = projection.forward(fixed.in(codes.step()).embedding(codes));
    Tensor toCodebook = latents.stopGradient().meanSquaredError(trained);
    Tensor toLatents = latents.meanSquaredError(vectors);
    return new Quantized(
        latents.straightThrough(vectors),
        codes,
        List.of(
            new LossTerm("codebook", toCodebook, config.codebookWeight()),
            new LossTerm("commitment", toLatents, config.commitmentWeight())),
        codebooks().usage(codes));
  }
}
