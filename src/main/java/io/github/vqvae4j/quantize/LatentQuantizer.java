package io.github.vqvae4j.quantize;

import io.github.vqvae4j.nn.LossTerm;
import io.github.vqvae4j.nn.Parameter;
import io.github.vqvae4j.tensor.DType;
import io.github.vqvae4j.tensor.Step;
import io.github.vqvae4j.tensor.Tensor;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;

/**
 * Latent quantization (Hsu, Dorrell, Whittington, Wu and Finn 2023, "Disentanglement via latent
 * quantization", arXiv:2305.18378): each of d dimensions is replaced by the nearest of its own L_i
 * learned scalars v_i. A code is a combination of d values, so there are K = L_1 * .. * L_d codes.
 * For latents z:
 *
 * <pre>
 * digit  c_i = argmin_j |z_i - v_ij|              (the lowest j of equally near ones)
 * value  y_i = v_i[c_i]
 * code   k = sum_i c_i B_i,   B = (1, L_1, L_1 L_2, ..)
 * L      = alpha mean((sg(z) - y)^2) + beta mean((z - sg(y))^2)
 * </pre>
 *
 * <p>The gradient of y is passed straight through to z. The term {@code codebook} moves only v, the
 * term {@code commitment} only z. Codes are computed from the positions c of the values, not from
 * the values, so they remain valid however v moves. v starts with equal steps: j/(L-1) - 1/2 if L
 * is odd, j/L - 1/2 if it is even.
 *
 * <p>With few values per dimension and a large weight decay of encoder and decoder, dimensions tend
 * to represent independent properties of the data; this is the method's purpose.
 *
 * <p>Latents have d dimensions. Others are projected by a {@link ProjectedQuantizer}.
 *
 * <pre>{@code
 * LatentQuantizer quantizer = LatentQuantizer.levels(5, 5, 8).build(new Rng(42));
 * try (Step step = Step.inference()) {
 *   Tensor latents = step.tensor(new float[2 * 7 * 7 * 3], 2, 7, 7, 3); // encoder outputs
 *   Tensor codes = quantizer.encode(latents); // [2, 7, 7], from 0 to 199
 *   Tensor vectors = quantizer.lookup(codes); // [2, 7, 7, 3]
 * }
 * }</pre>
 *
 * <p>The memory of a step does not depend on K. Reports of the usage of each code do, and
 * checkpoints, which contain 800 K bytes of it. State: {@code values} v, those of the first
 * dimension first [L_1 + .. + L_d].
 */
public final class LatentQuantizer extends Quantizer {
  private final LatentQuantizerConfig config;
  private final MixedRadix radix;

  /** v; those of dimension i start at {@link #start}(i). */
  private final Parameter values;

  /**
   * Creates a quantizer.
   *
   * @param config the settings
   */
  public LatentQuantizer(LatentQuantizerConfig config) {
    this.config = config;
    radix = new MixedRadix(config.levels(), true);
    values = parameter("values", this::equalSteps, start(dimension()));
  }

  /**
   * Creates the default settings.
   *
   * @param levels L_1 .. L_d, each from 2 to 1000, with a product of less than 2^31
   * @return the settings
   * @throws IllegalArgumentException if the levels are out of range
   */
  public static LatentQuantizerConfig levels(int... levels) {
    return LatentQuantizerConfig.of(levels);
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
    return config.levels().size();
  }

  /** Returns the number of values of the dimensions before i. */
  private int start(int i) {
    return config.levels().subList(0, i).stream().reduce(0, Integer::sum);
  }

  private float[] equalSteps() {
    float[] steps = new float[start(dimension())];
    for (int i = 0; i < dimension(); i++) {
      int level = config.levels().get(i);
      double divisor = level % 2 == 0 ? level : level - 1;
      for (int j = 0; j < level; j++) {
        steps[start(i) + j] = (float) (j / divisor - 0.5);
      }
    }
    return steps;
  }

  @Override
  protected Tensor computeCodes(Tensor latents) {
    LatentsCheck.shape(this, latents);
    return radix.codes(digits(latents));
  }

  @Override
  protected Tensor computeVectors(Tensor codes) {
    return values(radix.digits(codes));
  }

  @Override
  protected Quantized computeQuantized(Tensor latents) {
    LatentsCheck.shape(this, latents);
    Tensor digits = digits(latents);
    Tensor codes = radix.codes(digits);
    Tensor y = values(digits);
    Tensor codebook = latents.stopGradient().meanSquaredError(y);
    Tensor commitment = latents.meanSquaredError(y.stopGradient());
    return new Quantized(
        latents.straightThrough(y),
        codes,
        List.of(
            new LossTerm("codebook", codebook, config.codebookWeight()),
            new LossTerm("commitment", commitment, config.commitmentWeight())),
        codebooks().usage(codes));
  }

  /** Returns c [.., d], INT. */
  private Tensor digits(Tensor latents) {
    LatentsCheck.finite(this, latents);
    Tensor z = latents.stopGradient().reshape(-1, dimension());
    Tensor v = values.in(latents.step()).stopGradient();
    List<Tensor> digits =
        IntStream.range(0, dimension())
            .mapToObj(
                i -> {
                  Tensor own = v.slice(0, start(i), start(i + 1)).reshape(-1, 1);
                  return z.slice(-1, i, i + 1).nearestRows(own).reshape(-1, 1);
                })
            .toList();
    return Tensor.concat(-1, digits).reshape(latents.shape());
  }

  /** Returns y [.., d] of digits [.., d]. */
  private Tensor values(Tensor digits) {
    Step step = digits.step();
    double[] starts = IntStream.range(0, dimension()).mapToDouble(this::start).toArray();
    Tensor offsets = step.tensor(starts, starts.length).to(DType.DOUBLE);
    Tensor indices = digits.to(DType.DOUBLE).add(offsets).to(DType.INT);
    return values.in(step).reshape(-1, 1).embedding(indices).reshape(digits.shape());
  }
}
