package io.github.vqvae4j.quantize;

import io.github.vqvae4j.nn.Buffer;
import io.github.vqvae4j.nn.LossTerm;
import io.github.vqvae4j.tensor.Tensor;
import java.util.Collections;
import java.util.List;
import java.util.Optional;

/**
 * Random bits, as in the latent of the Free Transformer (Fleuret 2025, arXiv:2510.17558): each of n
 * dimensions is the logit of one bit, which training samples. There is no codebook to learn; K is
 * 2^n. For logits l and temperature T:
 *
 * <pre>
 * p_i = sigmoid(l_i / T)
 * b_i = 1 with probability p_i in training;  1 if p_i &gt; 1/2 in evaluation
 * y_i = 2 b_i - 1
 * code = sum_i b_i 2^i
 * L    = w mean(relu(n ln 2 - H - threshold)),   H = sum_i -p_i ln p_i - (1 - p_i) ln(1 - p_i)
 * </pre>
 *
 * <p>The gradient of y is that of its expectation: dy/dl = 2 p (1 - p) / T. n ln 2 - H is the
 * Kullback-Leibler divergence of the bits from fair coins, in nats: the information that a code
 * carries about its input. The term {@code kl} limits it to the threshold for each latent.
 *
 * <p>The paper's decoder gets a one-hot vector of all 2^n codes, which a linear layer maps to an
 * embedding; here it gets the n values y, which do not grow with 2^n.
 *
 * <pre>{@code
 * BinaryQuantizer quantizer = BinaryQuantizer.bits(8).build(new Rng(42));
 * try (Step step = Step.inference()) {
 *   Tensor logits = step.tensor(new float[2 * 7 * 7 * 8], 2, 7, 7, 8); // encoder outputs
 *   Tensor codes = quantizer.encode(logits); // [2, 7, 7], from 0 to 255
 *   Tensor vectors = quantizer.lookup(codes); // [2, 7, 7, 8]
 * }
 * }</pre>
 *
 * <p>The memory of a step does not depend on K. Reports of the usage of each code do, and
 * checkpoints, which contain 800 K bytes of it. State: {@code one}, the value 1, which has the data
 * type of the values [1].
 */
public final class BinaryQuantizer extends Quantizer {
  private final BinaryQuantizerConfig config;
  private final MixedRadix radix;

  /** The positive value; it also has the data type of the looked-up vectors. */
  private final Buffer one;

  /**
   * Creates a quantizer.
   *
   * @param config the settings
   */
  public BinaryQuantizer(BinaryQuantizerConfig config) {
    this.config = config;
    radix = new MixedRadix(Collections.nCopies(config.bits(), 2), true);
    one = buffer("one", new float[] {1}, 1);
  }

  /**
   * Creates the default settings.
   *
   * @param bits n, the number of bits of a code and the dimension of the latents, from 1 to 30
   * @return the settings
   * @throws IllegalArgumentException if the number is out of range
   */
  public static BinaryQuantizerConfig bits(int bits) {
    return BinaryQuantizerConfig.of(bits);
  }

  @Override
  public Optional<Config> config() {
    return Optional.of(config);
  }

  @Override
  public int codebookSize() {
    return radix.size();
  }

  @Override
  public int dimension() {
    return config.bits();
  }

  @Override
  protected Tensor computeVectors(Tensor codes) {
    return values(radix.digits(codes));
  }

  /** Returns y of bits [.., n]. */
  private Tensor values(Tensor bits) {
    Tensor positive = one.in(bits.step());
    return bits.to(positive.dtype()).mul(2).sub(1).mul(positive);
  }

  @Override
  protected Quantized computeQuantized(Tensor latents) {
    LatentsCheck.shape(this, latents);
    LatentsCheck.finite(this, latents);
    if (isTraining(latents.step())) {
      return quantized(latents, latents.stopGradient().uniformLike());
    }
    latents.step().skipDraw();
    return quantized(latents, null);
  }

  /** Quantizes latents with uniform random values in [0, 1), or null for the more likely bits. */
  Quantized quantized(Tensor latents, Tensor uniform) {
    Tensor logits = latents.div(config.temperature());
    Tensor p = logits.sigmoid();
    Tensor bits = uniform == null ? latents.stopGradient().gt(0) : uniform.lt(p.stopGradient());
    Tensor codes = radix.codes(bits);
    Tensor y = p.mul(2).sub(1).straightThrough(values(bits));
    List<LossTerm> terms =
        config.klWeight() == 0
            ? List.of()
            : List.of(new LossTerm("kl", excess(logits), config.klWeight()));
    return new Quantized(y, codes, terms, codebooks().usage(codes));
  }

  /** Returns mean(relu(n ln 2 - H - threshold)). */
  private Tensor excess(Tensor logits) {
    Tensor size = logits.abs();
    // h(sigmoid(a)) = softplus(-|a|) + |a| sigmoid(-|a|), without cancellation
    Tensor h = size.neg().softplus().add(size.mul(size.neg().sigmoid()));
    double fair = config.bits() * Math.log(2);
    return h.sum(-1).rsub(fair - config.klThreshold()).relu().mean();
  }
}
