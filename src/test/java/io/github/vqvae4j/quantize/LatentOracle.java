package io.github.vqvae4j.quantize;

import java.util.Arrays;
import java.util.List;
import java.util.Map;

/** Hsu et al. 2023, value by value. */
record LatentOracle(LatentQuantizerConfig config) implements QuantizerOracle {
  private int d() {
    return config.levels().size();
  }

  /** Returns v, one array for each dimension. */
  private double[][] values(Quantizer quantizer) {
    double[] all = quantizer.variables().get("values").toDoubles();
    double[][] values = new double[d()][];
    int start = 0;
    for (int i = 0; i < d(); i++) {
      values[i] = Arrays.copyOfRange(all, start, start + config.levels().get(i));
      start += values[i].length;
    }
    return values;
  }

  private static int nearest(double z, double... values) {
    int best = 0;
    for (int j = 1; j < values.length; j++) {
      if (Math.abs(z - values[j]) < Math.abs(z - values[best])) {
        best = j;
      }
    }
    return best;
  }

  @Override
  public Expected train(Quantizer quantizer, Batch batch) {
    double[][] v = values(quantizer);
    double[][] toValues = new double[d()][];
    Arrays.setAll(toValues, i -> new double[v[i].length]);
    double[] z = batch.latents();
    double[] y = new double[z.length];
    double[] toLatents = batch.upstream().clone();
    int[] codes = new int[z.length / d()];
    double squares = 0;
    for (int n = 0; n < z.length; n++) {
      int i = n % d();
      int digit = nearest(z[n], v[i]);
      y[n] = v[i][digit];
      squares += (z[n] - y[n]) * (z[n] - y[n]);
      toLatents[n] += config.commitmentWeight() * 2 * (z[n] - y[n]) / z.length;
      toValues[i][digit] += config.codebookWeight() * 2 * (y[n] - z[n]) / z.length;
      int basis = 1;
      for (int level : config.levels().subList(0, i)) {
        basis *= level;
      }
      codes[n / d()] += digit * basis;
    }
    double error = squares / z.length;
    double[] flat = Arrays.stream(toValues).flatMapToDouble(Arrays::stream).toArray();
    return new Expected(
        codes,
        y,
        List.of(error, error),
        toLatents,
        Map.of("values", flat),
        QuantizerOracle.state(quantizer));
  }

  private int[] digits(int code) {
    int[] digits = new int[d()];
    int rest = code;
    for (int i = 0; i < d(); i++) {
      digits[i] = rest % config.levels().get(i);
      rest /= config.levels().get(i);
    }
    return digits;
  }

  @Override
  public double[] latentsOf(Quantizer quantizer, int code) {
    double[][] v = values(quantizer);
    int[] digits = digits(code);
    double[] latents = new double[d()];
    Arrays.setAll(latents, i -> v[i][digits[i]]);
    return latents;
  }

  @Override
  public double[] tie(Quantizer quantizer, int code) {
    double[][] v = values(quantizer);
    int[] digits = digits(code);
    double[] tie = new double[d()];
    Arrays.setAll(tie, i -> (v[i][digits[i]] + v[i][Math.max(0, digits[i] - 1)]) / 2);
    return tie;
  }

  @Override
  public boolean byDistance() {
    return config.levels().stream().mapToLong(level -> level).reduce(1, (a, b) -> a * b) < 1000;
  }
}
