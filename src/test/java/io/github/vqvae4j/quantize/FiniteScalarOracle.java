package io.github.vqvae4j.quantize;

import io.github.vqvae4j.quantize.FiniteScalarQuantizerConfig.Form;
import io.github.vqvae4j.quantize.FiniteScalarQuantizerConfig.IndexOrder;
import io.github.vqvae4j.random.Rng;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Mentzer et al. 2024, value by value, and the symmetric form of Parker et al. 2024. */
record FiniteScalarOracle(FiniteScalarQuantizerConfig config) implements QuantizerOracle {
  private int d() {
    return config.levels().size();
  }

  private boolean symmetric() {
    return config.form() == Form.SYMMETRIC;
  }

  private boolean projected() {
    return config.dimension() != d();
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
    Map<String, double[]> state = QuantizerOracle.state(quantizer);
    double[] x = new double[batch.latents().length];
    Arrays.setAll(x, i -> batch.latents()[i]);
    double[] z = projected() ? linear(x, state, "projectIn", config.dimension(), d()) : x;
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
    Map<String, double[]> toParameters = new TreeMap<>();
    double[] toY =
        projected()
            ? backward(batch.upstream(), y, state, "projectOut", toParameters)
            : batch.upstream();
    double[] toZ = new double[z.length];
    Arrays.setAll(toZ, i -> toY[i] * slope(z[i], config.levels().get(i % d())));
    return new Expected(
        codes,
        projected() ? linear(y, state, "projectOut", d(), config.dimension()) : y,
        List.of(),
        projected() ? backward(toZ, x, state, "projectIn", toParameters) : toZ,
        toParameters,
        state);
  }

  private void addNoise(Batch batch, double[] z, double... y) {
    int perExample = batch.places() * d();
    for (int example = 0; config.noise() > 0 && example < y.length / perExample; example++) {
      Rng rng = batch.key().example(1, example);
      boolean noisy = batch.key().example(0, example).nextDouble() < config.noise();
      for (int i = example * perExample; noisy && i < (example + 1) * perExample; i++) {
        int level = config.levels().get(i % d());
        y[i] = Math.tanh(z[i]) + (2 * rng.nextDouble() - 1) / (level - 1);
      }
    }
  }

  private static double[] linear(
      double[] x, Map<String, double[]> state, String name, int in, int out) {
    double[] weight = state.get(name + ".weight");
    double[] y = new double[x.length / in * out];
    for (int i = 0; i < y.length; i++) {
      y[i] = state.get(name + ".bias")[i % out];
      for (int j = 0; j < in; j++) {
        y[i] += x[i / out * in + j] * weight[j * out + i % out];
      }
    }
    return y;
  }

  private static double[] backward(
      double[] dy,
      double[] x,
      Map<String, double[]> state,
      String name,
      Map<String, double[]> toParameters) {
    double[] weight = state.get(name + ".weight");
    int out = state.get(name + ".bias").length;
    int in = weight.length / out;
    double[] dx = new double[x.length];
    double[] toWeight = new double[weight.length];
    double[] toBias = new double[out];
    for (int i = 0; i < dy.length; i++) {
      toBias[i % out] += dy[i];
      for (int j = 0; j < in; j++) {
        dx[i / out * in + j] += dy[i] * weight[j * out + i % out];
        toWeight[j * out + i % out] += dy[i] * x[i / out * in + j];
      }
    }
    toParameters.put(name + ".weight", toWeight);
    toParameters.put(name + ".bias", toBias);
    return dx;
  }

  @Override
  public double[] latentsOf(Quantizer quantizer, int code) {
    double[] latents = new double[d()];
    int[] digits = digits(code);
    Arrays.setAll(
        latents, i -> inverse(value(digits[i], config.levels().get(i)), config.levels().get(i)));
    return projected() ? null : latents;
  }

  private double inverse(double y, int level) {
    return symmetric()
        ? atanh(Math.max(-1 + 1e-9, Math.min(1 - 1e-9, y)))
        : atanh((y * (level / 2) + offset(level)) / width(level))
            - atanh(offset(level) / width(level));
  }

  @Override
  public double[] tie(Quantizer quantizer, int code) {
    double[] tie = new double[config.dimension()];
    int[] digits = digits(code);
    for (int i = 0; !projected() && i < tie.length; i++) {
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
