package io.github.vqvae4j.quantize;

import io.github.vqvae4j.quantize.FiniteScalarQuantizerConfig.Form;
import io.github.vqvae4j.quantize.FiniteScalarQuantizerConfig.IndexOrder;
import io.github.vqvae4j.random.Rng;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

/** Mentzer et al. 2024, value by value, and the symmetric form of Parker et al. 2024. */
record FiniteScalarOracle(FiniteScalarQuantizerConfig config) implements QuantizerOracle {
  private int d() {
    return config.levels().size();
  }

  private boolean symmetric() {
    return config.form() == Form.SYMMETRIC;
  }

  private static double atanh(double x) {
    return Math.log((1 + x) / (1 - x)) / 2;
  }

  private static double width(int level) {
    return (level - 1) * 1.001 / 2;
  }

  private static double offset(int level) {
    return level % 2 == 0 ? 0.5 : 0;
  }

  /** Returns the unrounded value. */
  private double unrounded(double z, int level) {
    double shift = atanh(offset(level) / width(level));
    return symmetric()
        ? Math.tanh(z)
        : (Math.tanh(z + shift) * width(level) - offset(level)) / (level / 2);
  }

  private double slope(double z, int level) {
    double shift = symmetric() ? 0 : atanh(offset(level) / width(level));
    double factor = symmetric() ? 1 : width(level) / (level / 2);
    return factor / Math.pow(Math.cosh(z + shift), 2);
  }

  private int digit(double y, int level) {
    return symmetric()
        ? (int) Math.floor((level - 1) * (y + 1) / 2 + 0.5)
        : (int) Math.rint(y * (level / 2)) + level / 2;
  }

  private double value(int digit, int level) {
    return symmetric() ? 2.0 * digit / (level - 1) - 1 : digit / (double) (level / 2) - 1;
  }

  private int code(int... digits) {
    int code = 0;
    for (int n = 0; n < d(); n++) {
      int i = config.order() == IndexOrder.FIRST_LEVEL_FASTEST ? d() - 1 - n : n;
      code = code * config.levels().get(i) + digits[i];
    }
    return code;
  }

  private int[] digits(int code) {
    int[] digits = new int[d()];
    int rest = code;
    for (int n = 0; n < d(); n++) {
      int i = config.order() == IndexOrder.FIRST_LEVEL_FASTEST ? n : d() - 1 - n;
      digits[i] = rest % config.levels().get(i);
      rest /= config.levels().get(i);
    }
    return digits;
  }

  @Override
  public Expected train(Quantizer quantizer, Batch batch) {
    double[] z = batch.latents();
    int[] codes = new int[z.length / d()];
    double[] y = new double[z.length];
    for (int row = 0; row < codes.length; row++) {
      int[] digits = new int[d()];
      for (int i = 0; i < d(); i++) {
        int level = config.levels().get(i);
        digits[i] = digit(unrounded(z[row * d() + i], level), level);
        y[row * d() + i] = value(digits[i], level);
      }
      codes[row] = code(digits);
    }
    addNoise(batch, z, y);
    double[] toLatents = new double[z.length];
    Arrays.setAll(toLatents, i -> batch.upstream()[i] * slope(z[i], config.levels().get(i % d())));
    Map<String, double[]> state = QuantizerOracle.state(quantizer);
    return new Expected(codes, y, List.of(), toLatents, Map.of(), state);
  }

  private void addNoise(Batch batch, double[] z, double... y) {
    int perExample = batch.places() * d();
    for (int example = 0; config.noise() > 0 && example < y.length / perExample; example++) {
      Rng rng = batch.key().example(batch.draw() + 1, example);
      boolean noisy = batch.key().example(batch.draw(), example).nextDouble() < config.noise();
      for (int i = example * perExample; noisy && i < (example + 1) * perExample; i++) {
        int level = config.levels().get(i % d());
        y[i] = Math.tanh(z[i]) + (2 * rng.nextDouble() - 1) / (level - 1);
      }
    }
  }

  @Override
  public int draws() {
    return config.noise() == 0 ? 0 : 2;
  }

  @Override
  public double[] latentsOf(Quantizer quantizer, int code) {
    double[] latents = new double[d()];
    int[] digits = digits(code);
    Arrays.setAll(
        latents, i -> inverse(value(digits[i], config.levels().get(i)), config.levels().get(i)));
    return latents;
  }

  private double inverse(double y, int level) {
    return symmetric()
        ? atanh(Math.max(-1 + 1e-9, Math.min(1 - 1e-9, y)))
        : atanh((y * (level / 2) + offset(level)) / width(level))
            - atanh(offset(level) / width(level));
  }

  @Override
  public double[] tie(Quantizer quantizer, int code) {
    double[] tie = new double[d()];
    int[] digits = digits(code);
    for (int i = 0; i < tie.length; i++) {
      int level = config.levels().get(i);
      int below = Math.min(digits[i], level - 2);
      tie[i] = inverse((value(below, level) + value(below + 1, level)) / 2, level);
    }
    return tie;
  }

  @Override
  public boolean byDistance() {
    return false;
  }
}
