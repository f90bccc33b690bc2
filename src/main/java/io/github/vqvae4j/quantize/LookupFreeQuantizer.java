package io.github.vqvae4j.quantize;

import io.github.vqvae4j.nn.Buffer;
import io.github.vqvae4j.nn.LossTerm;
import io.github.vqvae4j.quantize.LookupFreeQuantizerConfig.BitOrder;
import io.github.vqvae4j.tensor.DType;
import io.github.vqvae4j.tensor.Tensor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * Lookup-free quantization, LFQ (Yu et al. 2024, MAGVIT-v2, arXiv:2310.05737), and binary spherical
 * quantization, BSQ (Zhao et al. 2024, arXiv:2406.07548): each of d dimensions is replaced by its
 * sign. There is no codebook to learn; K is 2^d.
 *
 * <p>Latents x have d dimensions, s is the scale. In the form of MAGVIT-v2, z = x and a = s; with a
 * {@linkplain LookupFreeQuantizerConfig#softClamp soft clamp} v, z = v tanh(x/v). In the spherical
 * form, z = s x / max(||x||, 1e-12) and a = s / sqrt(d), so that latents and values have length s.
 *
 * <pre>
 * value  y_i = a if x_i &gt; 0, else -a
 * code   k = sum_i [x_i &gt; 0] B_i,  with B_i = 2^i, or 2^(d-1-i)
 * L      = w (mean_n H(p_n) - gamma H(mean_n p_n)) + beta mean((z - sg(y))^2)
 * p_n(c) = softmax over all codes c of -t ||z_n - y(c)||^2
 * </pre>
 *
 * <p>The gradient of y is passed straight through to z. H is the entropy in nats. The first part of
 * the term {@code entropy} makes latents certain of their codes; the second makes all codes equally
 * frequent. The term's value is that of the parentheses. Since the bits of p_n are independent,
 * with the log odds l_i = 4 t a z_i,
 *
 * <pre>
 * H(p_n) = sum_i h(sigmoid(l_i)),   h(q) = -q ln q - (1-q) ln(1-q)
 * </pre>
 *
 * <p>The bits of the mean distribution are not. Its entropy is computed from all 2^d probabilities
 * for up to {@linkplain LookupFreeQuantizerConfig#entropyGroupBits 18 bits}, otherwise as the sum
 * of the entropies of groups of bits, which is an upper bound. 0 ln 0 is 0, and no probability is
 * clamped, which would falsify the entropy of 2^18 codes of about equal frequency.
 *
 * <p>The mean distribution is that of the latents of one pass. Workers and accumulated batches use
 * the mean of their passes' terms, weighted by their numbers of examples: the entropy of the mean
 * over all passes is at least as great. All else does not depend on how a batch is divided.
 *
 * <pre>{@code
 * LookupFreeQuantizer quantizer = LookupFreeQuantizer.bits(10).build(new Rng(42));
 * try (Step step = Step.inference()) {
 *   Tensor latents = step.tensor(new float[2 * 7 * 7 * 10], 2, 7, 7, 10); // encoder outputs
 *   Tensor codes = quantizer.encode(latents); // [2, 7, 7], from 0 to 1023
 *   Tensor vectors = quantizer.lookup(codes); // [2, 7, 7, 10]
 * }
 * }</pre>
 *
 * <p>The memory of a step does not depend on K beyond 2^18 codes. Reports of the usage of each code
 * do, and checkpoints, which contain 800 K bytes of it. State: {@code basis} B [d].
 */
public final class LookupFreeQuantizer extends Quantizer {
  /** The log odds beyond which the entropy of a bit and its gradient are 0 in any precision. */
  private static final double MAX_LOG_ODDS = 1000;

  private final LookupFreeQuantizerConfig config;

  /** B; it also has the data type of the looked-up vectors. */
  private final Buffer basis;

  /**
   * Creates a quantizer.
   *
   * @param config the settings
   */
  public LookupFreeQuantizer(LookupFreeQuantizerConfig config) {
    this.config = config;
    basis = buffer("basis", this::powers, config.bits());
  }

  /**
   * Creates the default settings of MAGVIT-v2's form.
   *
   * @param bits d, the number of bits of a code and the dimension of the latents, from 1 to 30
   * @return the settings
   * @throws IllegalArgumentException if the number is out of range
   */
  public static LookupFreeQuantizerConfig bits(int bits) {
    return LookupFreeQuantizerConfig.of(bits, false);
  }

  /**
   * Creates the default settings of the spherical form.
   *
   * @param bits d, the number of bits of a code and the dimension of the latents, from 1 to 30
   * @return the settings
   * @throws IllegalArgumentException if the number is out of range
   */
  public static LookupFreeQuantizerConfig spherical(int bits) {
    return LookupFreeQuantizerConfig.of(bits, true);
  }

  @Override
  public Optional<Config> config() {
    return Optional.of(config);
  }

  @Override
  public int codebookSize() {
    return 1 << config.bits();
  }

  @Override
  public int dimension() {
    return config.bits();
  }

  private float[] powers() {
    int d = config.bits();
    float[] powers = new float[d];
    boolean first = config.bitOrder() == BitOrder.FIRST_LEAST_SIGNIFICANT;
    for (int i = 0; i < d; i++) {
      powers[i] = 1 << (first ? i : d - 1 - i);
    }
    return powers;
  }

  @Override
  protected Tensor computeCodes(Tensor latents) {
    check(latents);
    return codes(bits(latents));
  }

  @Override
  protected Tensor computeVectors(Tensor codes) {
    long[] shape = Arrays.copyOf(codes.shape(), codes.rank() + 1);
    shape[codes.rank()] = 1;
    Tensor powers = basis.in(codes.step()).to(DType.DOUBLE);
    Tensor shifted = codes.to(DType.DOUBLE).reshape(shape).div(powers).floor();
    return values(shifted.sub(shifted.div(2).floor().mul(2)));
  }

  @Override
  protected Quantized computeQuantized(Tensor latents) {
    check(latents);
    Tensor bits = bits(latents);
    Tensor codes = codes(bits);
    Tensor z = bounded(latents);
    Tensor values = values(bits);
    List<LossTerm> terms = new ArrayList<>();
    if (config.entropyWeight() > 0) {
      terms.add(new LossTerm("entropy", entropy(z), config.entropyWeight()));
    }
    if (config.commitmentWeight() > 0) {
      Tensor commitment = z.meanSquaredError(values);
      terms.add(new LossTerm("commitment", commitment, config.commitmentWeight()));
    }
    return new Quantized(
        z.straightThrough(values), codes, List.copyOf(terms), codebooks().usage(codes));
  }

  private void check(Tensor latents) {
    LatentsCheck.shape(this, latents);
    LatentsCheck.finite(this, latents);
  }

  /** Returns 1 for positive values, else 0, INT [.., d]. */
  private static Tensor bits(Tensor latents) {
    return latents.stopGradient().gt(0);
  }

  /** Returns the codes [..] of bits [.., d]; double precision is exact below 2^53. */
  private Tensor codes(Tensor bits) {
    Tensor powers = basis.in(bits.step()).to(DType.DOUBLE);
    return bits.to(DType.DOUBLE)
        .mul(powers)
        .sum(-1)
        .to(DType.INT)
        .reshape(Arrays.copyOf(bits.shape(), bits.rank() - 1));
  }

  /** Returns y for bits [.., d]. */
  private Tensor values(Tensor bits) {
    DType type = basis.in(bits.step()).dtype();
    return bits.to(type).mul(2).sub(1).mul(magnitude());
  }

  /** Returns a. */
  private double magnitude() {
    return config.spherical() ? config.scale() / Math.sqrt(config.bits()) : config.scale();
  }

  /** Returns z. */
  private Tensor bounded(Tensor latents) {
    if (config.spherical()) {
      return latents.l2Normalize(-1).mul(config.scale());
    }
    double v = config.softClamp();
    return v == 0 ? latents : latents.div(v).tanh().mul(v);
  }

  /** Returns mean_n H(p_n) - gamma H(mean_n p_n). */
  private Tensor entropy(Tensor z) {
    double factor = 4 * config.inverseTemperature() * magnitude();
    Tensor logOdds = z.reshape(-1, config.bits()).mul(factor).clamp(-MAX_LOG_ODDS, MAX_LOG_ODDS);
    return z.step()
        .apply(new BinaryCodeEntropy(config.diversityWeight(), config.entropyGroupBits()), logOdds);
  }
}
