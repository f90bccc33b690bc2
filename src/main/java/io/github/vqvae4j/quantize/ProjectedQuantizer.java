package io.github.vqvae4j.quantize;

import io.github.vqvae4j.nn.Linear;
import io.github.vqvae4j.random.Rng;
import io.github.vqvae4j.tensor.Step;
import io.github.vqvae4j.tensor.Tensor;
import java.util.Optional;

/**
 * Quantizes in a space of another dimension, as factorized codes (Yu et al. 2022, ViT-VQGAN,
 * arXiv:2110.04627) do in a smaller one, in which more of the codes are used. Latents x [.., D] are
 * projected to the d dimensions of any quantizer, and quantized vectors back:
 *
 * <pre>
 * z = x W + a,   y = quantize(z) V + b
 * </pre>
 *
 * <p>Loss terms and codes are those of z. {@link #lookup} projects, too.
 *
 * <pre>{@code
 * ProjectedQuantizer quantizer =
 *     ProjectedQuantizer.of(256, VectorQuantizer.ema(8192, 8)).build(new Rng(42));
 * }</pre>
 *
 * <p>State: the weights {@code projectIn} [D, d] and {@code projectOut} [d, D] with their biases,
 * and that of the quantizer, {@code quantizer}.
 */
public final class ProjectedQuantizer extends Quantizer {
  /** The number of values that are projected at a time. */
  private static final int CHUNK = 1 << 20;

  private final ProjectedQuantizerConfig config;
  private final Linear projectIn;
  private final Quantizer quantizer;
  private final Linear projectOut;

  /**
   * Creates a quantizer.
   *
   * @param config the settings
   * @param rng the random number generator for the initial weights and codebook
   */
  public ProjectedQuantizer(ProjectedQuantizerConfig config, Rng rng) {
    this.config = config;
    quantizer = child("quantizer", config.quantizer().build(rng));
    projectIn = child("projectIn", new Linear(config.dimension(), quantizer.dimension(), rng));
    projectOut = child("projectOut", new Linear(quantizer.dimension(), config.dimension(), rng));
  }

  /**
   * Creates settings.
   *
   * @param dimension D, the dimension of the latents, at least 1
   * @param quantizer the settings of the quantizer of the projected latents
   * @return the settings
   * @throws IllegalArgumentException if the dimension is less than 1
   */
  public static ProjectedQuantizerConfig of(int dimension, Config quantizer) {
    return new ProjectedQuantizerConfig(dimension, quantizer);
  }

  /**
   * Returns the quantizer of the projected latents.
   *
   * @return the quantizer
   */
  public Quantizer quantizer() {
    return quantizer;
  }

  @Override
  public Optional<Config> config() {
    return Optional.of(config);
  }

  @Override
  public int codebookSize() {
    return quantizer.codebookSize();
  }

  @Override
  public Codebooks codebooks() {
    return quantizer.codebooks();
  }

  @Override
  public boolean supportsMissingCodes() {
    return quantizer.supportsMissingCodes();
  }

  @Override
  public int dimension() {
    return config.dimension();
  }

  @Override
  protected Tensor computeCodes(Tensor latents) {
    return quantizer.encode(projected(latents));
  }

  @Override
  protected Quantized computeQuantized(Tensor latents) {
    Quantized inner = quantizer.quantize(projected(latents));
    Tensor quantized = projectOut.forward(inner.quantized());
    return new Quantized(quantized, inner.codes(), inner.terms(), inner.usage());
  }

  @Override
  protected Tensor computeVectors(Tensor codes) {
    return projectOut.forward(quantizer.computeVectors(codes));
  }

  private Tensor projected(Tensor latents) {
    LatentsCheck.shape(this, latents);
    return projectIn.forward(latents);
  }

  @Override
  public int initializationLatents() {
    return quantizer.initializationLatents();
  }

  @Override
  public void initialize(float[] latents, int latentsPerStep, Rng rng) {
    int from = config.dimension();
    int to = quantizer.dimension();
    int rows = latents.length / from;
    float[] projected = new float[Math.multiplyExact(rows, to)];
    int chunk = Math.max(1, CHUNK / from);
    for (int start = 0; start < rows; start += chunk) {
      int count = Math.min(chunk, rows - start);
      float[] part = new float[count * from];
      System.arraycopy(latents, start * from, part, 0, part.length);
      try (Step step = Step.inference()) {
        Tensor z = projectIn.forward(step.tensor(part, count, from));
        z.read(0, projected, start * to, count * to);
      }
    }
    quantizer.initialize(projected, latentsPerStep, rng);
  }
}
