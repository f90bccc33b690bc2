package io.github.vqvae4j.quantize;

import io.github.vqvae4j.nn.LossTerm;
import io.github.vqvae4j.nn.Parameter;
import io.github.vqvae4j.random.Rng;
import io.github.vqvae4j.tensor.Step;
import io.github.vqvae4j.tensor.Tensor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * Index backpropagation quantization, IBQ (Shi et al. 2024, arXiv:2412.02692): the code is that of
 * the greatest dot product, and the gradient that of a softmax over all codes, so that each step
 * moves all codebook vectors.
 *
 * <pre>
 * p = softmax(x E^T),   k = argmax_j x e_j     (ties go to the lowest index)
 * y = w E,   w: the one-hot code k, with the gradient of p
 * L = a mean((y - x)^2) + c mean((sg(e_k) - x)^2) + beta mean((e_k - sg(x))^2)
 *     + u (mean_n H(q_n) - H(mean_n q_n)),   q = softmax(x E^T / T)
 * </pre>
 *
 * <p>There is no straight-through gradient from y to x: x and E get that of p. The loss terms are
 * {@code quantization}, which trains both, {@code commitment}, {@code codebook} and {@code
 * entropy}, whose weights a, c, beta and u are by default those of the authors' code. H is the
 * entropy in nats.
 *
 * <p>The mean distribution of the entropy term is that of the latents of one pass. Workers and
 * accumulated batches use the mean of their passes' terms, weighted by their numbers of examples:
 * the entropy of the mean over all passes is at least as great. All else does not depend on how a
 * batch is divided.
 *
 * <p>The N K probabilities are never held at once: they are computed again, in blocks of rows and
 * codes, wherever they are needed. A training step takes 16 N K D multiplications, 8 N K D without
 * the entropy term.
 *
 * <pre>{@code
 * IndexBackpropagationQuantizer quantizer =
 *     IndexBackpropagationQuantizer.codes(1024, 64).build(new Rng(42));
 * try (Step step = Step.inference()) {
 *   Tensor latents = step.tensor(new float[2 * 7 * 7 * 64], 2, 7, 7, 64); // encoder outputs
 *   Tensor codes = quantizer.encode(latents); // [2, 7, 7], from 0 to 1023
 *   Tensor vectors = quantizer.lookup(codes); // [2, 7, 7, 64]
 * }
 * }</pre>
 *
 * <p>Parameter: {@code codebook} E [K, D], initially standard normal as in the authors' code.
 */
public final class IndexBackpropagationQuantizer extends Quantizer {
  /** The number of rows and codes of a block; 4 MB of probabilities. */
  private static final int BLOCK = 1024;

  private final IndexBackpropagationQuantizerConfig config;
  private final Parameter codebook;
  private final int block;

  /**
   * Creates a quantizer.
   *
   * @param config the settings
   * @param rng the random number generator for the initial codebook
   */
  public IndexBackpropagationQuantizer(IndexBackpropagationQuantizerConfig config, Rng rng) {
    this(config, rng, BLOCK);
  }

  IndexBackpropagationQuantizer(IndexBackpropagationQuantizerConfig config, Rng rng, int block) {
    this.config = config;
    this.block = block;
    int k = config.codebookSize();
    int d = config.dimension();
    codebook = parameter("codebook", () -> gaussians(k * d, rng), k, d);
  }

  private static float[] gaussians(int count, Rng rng) {
    float[] values = new float[count];
    for (int i = 0; i < count; i++) {
      values[i] = (float) rng.nextGaussian();
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
  public static IndexBackpropagationQuantizerConfig codes(int codebookSize, int dimension) {
    return IndexBackpropagationQuantizerConfig.of(codebookSize, dimension);
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
   * Returns the codebook vectors.
   *
   * @return a copy of the vectors [K, D] in row-major order
   */
  public float[] codebook() {
    return codebook.toFloats();
  }

  @Override
  protected Tensor computeCodes(Tensor latents) {
    LatentsCheck.shape(this, latents);
    LatentsCheck.finite(this, latents);
    Step step = latents.step();
    Tensor rows = latents.stopGradient().reshape(-1, config.dimension());
    int[] codes = CodeSoftmax.greatest(rows, codebook.in(step).stopGradient(), block);
    return step.tensor(codes, Arrays.copyOf(latents.shape(), latents.rank() - 1));
  }

  @Override
  protected Tensor computeVectors(Tensor codes) {
    return codebook.in(codes.step()).embedding(codes);
  }

  @Override
  protected Quantized computeQuantized(Tensor latents) {
    Step step = latents.step();
    Tensor codes = computeCodes(latents);
    Tensor selected = computeVectors(codes);
    Tensor table = codebook.in(step);
    Tensor rows = latents.reshape(-1, config.dimension());
    Tensor quantized =
        step.apply(new IndexBackpropagation(block), rows, table, codes.reshape(-1))
            .reshape(latents.shape());
    List<LossTerm> terms = new ArrayList<>();
    Tensor quantization = quantized.meanSquaredError(latents);
    terms.add(new LossTerm("quantization", quantization, config.quantizationWeight()));
    Tensor commitment = latents.meanSquaredError(selected.stopGradient());
    terms.add(new LossTerm("commitment", commitment, config.commitmentWeight()));
    Tensor toCodebook = latents.stopGradient().meanSquaredError(selected);
    terms.add(new LossTerm("codebook", toCodebook, config.codebookWeight()));
    if (config.entropyWeight() > 0) {
      SoftmaxCodeEntropy entropy = new SoftmaxCodeEntropy(config.entropyTemperature(), block);
      terms.add(new LossTerm("entropy", step.apply(entropy, rows, table), config.entropyWeight()));
    }
    return new Quantized(quantized, codes, List.copyOf(terms), codebooks().usage(codes));
  }
}
