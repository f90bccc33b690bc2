package io.github.vqvae4j.quantize;

import io.github.vqvae4j.nn.Buffer;
import io.github.vqvae4j.quantize.FiniteScalarQuantizerConfig.Form;
import io.github.vqvae4j.quantize.FiniteScalarQuantizerConfig.IndexOrder;
import io.github.vqvae4j.tensor.Step;
import io.github.vqvae4j.tensor.Tensor;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.function.IntToDoubleFunction;
import java.util.stream.IntStream;

/**
 * Finite scalar quantization, FSQ (Mentzer, Minnen, Agustsson and Tschannen 2024,
 * arXiv:2309.15505). Each of d dimensions is bounded and rounded to one of L_i values, so there are
 * K = L_1 * .. * L_d codes. There is no codebook to learn, no loss term and no code that dies. For
 * a value z of a dimension with L levels, digit c, and quantized value y:
 *
 * <pre>
 * b = h tanh(z + s) - o
 * c = round(b) + floor(L/2)     (published form, half to even)
 * c = floor(b + L/2)            (symmetric form)
 * y = (c - m) / m
 * code = sum_i c_i B_i,   B = (1, L_1, L_1 L_2, ..), or (.., L_d L_(d-1), L_d, 1)
 * </pre>
 *
 * <p>In the published form (section 3.1), m = floor(L/2), h = 1.001 (L-1)/2, o = 1/2 if L is even,
 * else 0, and s = atanh(o/h), so that z = 0 has b = 0. The authors' listing has tan instead of
 * atanh and 0.999 instead of 1.001; its b is not exactly 0 there. In the symmetric form (Parker et
 * al. 2024, arXiv:2411.19842), m = h = (L-1)/2 and o = s = 0, and the L values divide [-1, 1]
 * equally.
 *
 * <p>Only rounding has a straight-through gradient: dy/dz = (1 - tanh(z + s)^2) h/m. With
 * {@linkplain FiniteScalarQuantizerConfig#noise noise}, a training step replaces the rounding of
 * some examples: their values are b/m + u, with u uniform in [-1/(L-1), 1/(L-1)). Their codes are
 * still those of rounding. Which examples, and the noise of each, depend on the example's position
 * in the whole batch ({@link io.github.vqvae4j.random.RngKey}).
 *
 * <p>Latents have d dimensions. Others are projected by a {@link ProjectedQuantizer}.
 *
 * <pre>{@code
 * FiniteScalarQuantizer quantizer = FiniteScalarQuantizer.levels(8, 5, 5, 5).build(new Rng(42));
 * try (Step step = Step.inference()) {
 *   Tensor latents = step.tensor(new float[2 * 7 * 7 * 4], 2, 7, 7, 4); // encoder outputs
 *   Tensor codes = quantizer.encode(latents); // [2, 7, 7], from 0 to 999
 *   Tensor vectors = quantizer.lookup(codes); // [2, 7, 7, 4]
 * }
 * }</pre>
 *
 * <p>The memory of a step does not depend on K: vectors are computed from the codes' digits,
 * without a table. Reports of the usage of each code do, and checkpoints, which contain 800 K bytes
 * of it. State: {@code center} m [d].
 */
public final class FiniteScalarQuantizer extends Quantizer {
  /** The margin of h; if it were negative, the outermost of many levels would not be reached. */
  private static final double MARGIN = 1e-3;

  private final FiniteScalarQuantizerConfig config;
  private final MixedRadix radix;

  /** m; it also has the data type of the looked-up vectors. */
  private final Buffer center;

  /**
   * Creates a quantizer.
   *
   * @param config the settings
   */
  public FiniteScalarQuantizer(FiniteScalarQuantizerConfig config) {
    this.config = config;
    radix = new MixedRadix(config.levels(), config.order() == IndexOrder.FIRST_LEVEL_FASTEST);
    int d = config.levels().size();
    center = buffer("center", this::centers, d);
  }

  /**
   * Creates the default settings of the published form.
   *
   * @param levels L_1 .. L_d, each from 3 to 1000, with a product of less than 2^31
   * @return the settings
   * @throws IllegalArgumentException if the levels are out of range
   */
  public static FiniteScalarQuantizerConfig levels(int... levels) {
    return FiniteScalarQuantizerConfig.of(Form.PUBLISHED, levels);
  }

  /**
   * Creates the default settings of the symmetric form.
   *
   * @param levels L_1 .. L_d, each from 2 to 1000, with a product of less than 2^31
   * @return the settings
   * @throws IllegalArgumentException if the levels are out of range
   */
  public static FiniteScalarQuantizerConfig symmetric(int... levels) {
    return FiniteScalarQuantizerConfig.of(Form.SYMMETRIC, levels);
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

  @Override
  protected Tensor computeCodes(Tensor latents) {
    return codes(bounded(latents));
  }

  @Override
  protected Tensor computeVectors(Tensor codes) {
    return values(codes);
  }

  @Override
  protected Quantized computeQuantized(Tensor latents) {
    Tensor bounded = bounded(latents);
    return quantized(bounded, noise(bounded));
  }

  /**
   * Noise instead of rounding.
   *
   * @param examples 1 for the examples that get it, else 0, INT [n, 1, .., 1]
   * @param steps the noise in steps between values, in [-1/2, 1/2), [n, .., d]
   */
  record Noise(Tensor examples, Tensor steps) {}

  /** Quantizes b [.., d]; the noise may be null. */
  Quantized quantized(Tensor bounded, Noise noise) {
    Tensor codes = codes(bounded);
    Tensor m = center.in(bounded.step());
    Tensor relative = bounded.div(m);
    Tensor values = relative.straightThrough(values(codes));
    if (noise != null) {
      values = Tensor.where(noise.examples, relative.add(noise.steps.div(m)), values);
    }
    return new Quantized(values, codes, List.of(), codebooks().usage(codes));
  }

  /** Returns b [.., d] for latents z [.., d]. */
  Tensor bounded(Tensor z) {
    LatentsCheck.shape(this, z);
    LatentsCheck.finite(this, z);
    if (config.form() == Form.SYMMETRIC) {
      return z.tanh().mul(center.in(z.step()));
    }
    Tensor shift = constant(z, i -> shift(level(i)));
    Tensor scale = constant(z, i -> scale(level(i)));
    Tensor offset = constant(z, i -> offset(level(i)));
    return z.add(shift).tanh().mul(scale).sub(offset);
  }

  /** Returns the codes [..] of b [.., d]. */
  private Tensor codes(Tensor bounded) {
    Tensor b = bounded.stopGradient();
    Tensor digits =
        config.form() == Form.SYMMETRIC
            ? b.add(constant(b, i -> level(i) / 2.0)).floor()
            : b.round().add(center.in(b.step()));
    return radix.codes(digits);
  }

  /** Returns the codes [..] of y [.., d], clamped to [-1, 1], in the symmetric form. */
  Tensor clampedCodes(Tensor y) {
    return codes(y.clamp(-1, 1).mul(center.in(y.step())));
  }

  /** Returns y [.., d] of codes [..]. */
  private Tensor values(Tensor codes) {
    Tensor m = center.in(codes.step());
    return radix.digits(codes).to(m.dtype()).sub(m).div(m);
  }

  /** Draws the noise of a step; null if it has none. */
  private Noise noise(Tensor bounded) {
    if (config.noise() == 0) {
      return null;
    }
    Step step = bounded.step();
    if (!isTraining(step)) {
      step.skipDraw();
      step.skipDraw();
      return null;
    }
    long[] perExample = new long[bounded.rank()];
    Arrays.fill(perExample, 1);
    perExample[0] = bounded.size(0);
    Tensor examples = step.tensor(new double[(int) bounded.size(0)], perExample).uniformLike();
    return new Noise(examples.lt(config.noise()), bounded.uniformLike().sub(0.5));
  }

  private float[] centers() {
    float[] centers = new float[config.levels().size()];
    for (int i = 0; i < centers.length; i++) {
      int level = level(i);
      centers[i] = config.form() == Form.SYMMETRIC ? (level - 1) / 2f : level / 2;
    }
    return centers;
  }

  private int level(int i) {
    return config.levels().get(i);
  }

  /** Returns h of the published form. */
  private static double scale(int level) {
    return (level - 1) * (1 + MARGIN) / 2;
  }

  private static double offset(int level) {
    return level % 2 == 0 ? 0.5 : 0;
  }

  /** Returns s = atanh(o/h). */
  private static double shift(int level) {
    double ratio = offset(level) / scale(level);
    return 0.5 * Math.log((1 + ratio) / (1 - ratio));
  }

  /** Returns one value for each level, with the data type of a tensor. */
  private Tensor constant(Tensor like, IntToDoubleFunction value) {
    int d = config.levels().size();
    double[] values = IntStream.range(0, d).mapToDouble(value).toArray();
    return like.step().tensor(values, d).to(like.dtype());
  }
}
