package io.github.vqvae4j.quantize;

import io.github.vqvae4j.quantize.LookupFreeQuantizerConfig.BitOrder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

/**
 * Yu et al. 2024 and Zhao et al. 2024: probabilities by their definition, a softmax over all codes
 * (of a group of bits) of the negative squared distances.
 */
record LookupFreeOracle(LookupFreeQuantizerConfig config) implements QuantizerOracle {
  private int d() {
    return config.bits();
  }

  private double magnitude() {
    return config.spherical() ? config.scale() / Math.sqrt(d()) : config.scale();
  }

  private int weight(int i) {
    return 1 << (config.bitOrder() == BitOrder.FIRST_LEAST_SIGNIFICANT ? i : d() - 1 - i);
  }

  @Override
  public Expected train(Quantizer quantizer, Batch batch) {
    int rows = batch.latents().length / d();
    int[] codes = new int[rows];
    double[] values = new double[rows * d()];
    double[][] z = new double[rows][d()];
    double[][] toZ = new double[rows][d()];
    double squares = 0;
    for (int row = 0; row < rows; row++) {
      double[] x = row(batch, row);
      z[row] = bounded(x);
      for (int i = 0; i < d(); i++) {
        codes[row] += x[i] > 0 ? weight(i) : 0;
        double y = x[i] > 0 ? magnitude() : -magnitude();
        values[row * d() + i] = y;
        double error = z[row][i] - y;
        squares += error * error;
        toZ[row][i] =
            batch.upstream()[row * d() + i] + config.commitmentWeight() * 2 * error / values.length;
      }
    }
    List<Double> terms = new ArrayList<>();
    if (config.entropyWeight() > 0) {
      terms.add(entropy(z, toZ));
    }
    if (config.commitmentWeight() > 0) {
      terms.add(squares / values.length);
    }
    double[] toLatents = new double[values.length];
    for (int row = 0; row < rows; row++) {
      System.arraycopy(toLatents(row(batch, row), toZ[row]), 0, toLatents, row * d(), d());
    }
    return new Expected(
        codes, values, terms, toLatents, Map.of(), QuantizerOracle.state(quantizer));
  }

  private double[] row(Batch batch, int row) {
    double[] x = new double[d()];
    Arrays.setAll(x, i -> batch.latents()[row * d() + i]);
    return x;
  }

  private static double length(double... x) {
    return Math.sqrt(Arrays.stream(x).map(v -> v * v).sum());
  }

  private double[] bounded(double... x) {
    double length = length(x);
    double v = config.softClamp();
    return Arrays.stream(x)
        .map(
            value ->
                config.spherical()
                    ? config.scale() * value / length
                    : v == 0 ? value : v * Math.tanh(value / v))
        .toArray();
  }

  /** Returns the gradient of x, given that of z. */
  private double[] toLatents(double[] x, double... toZ) {
    double length = length(x);
    double along = 0;
    for (int i = 0; i < x.length; i++) {
      along += x[i] / length * toZ[i];
    }
    double[] toLatents = new double[x.length];
    for (int i = 0; i < x.length; i++) {
      double slope =
          config.softClamp() == 0 ? 1 : 1 - Math.pow(Math.tanh(x[i] / config.softClamp()), 2);
      toLatents[i] =
          config.spherical()
              ? config.scale() / length * (toZ[i] - along * x[i] / length)
              : slope * toZ[i];
    }
    return toLatents;
  }

  /** Returns the entropy term, and adds its weighted gradient. */
  private double entropy(double[][] z, double[]... toZ) {
    int groups = (d() + config.entropyGroupBits() - 1) / config.entropyGroupBits();
    double term = 0;
    for (int group = 0; group < groups; group++) {
      term += entropy(z, toZ, d() * group / groups, d() * (group + 1) / groups);
    }
    return term;
  }

  private double entropy(double[][] z, double[][] toZ, int start, int end) {
    int codes = 1 << (end - start);
    double[][] p = new double[z.length][];
    double[] mean = new double[codes];
    double ofRows = 0;
    for (int row = 0; row < z.length; row++) {
      p[row] = probabilities(z[row], start, end);
      for (int code = 0; code < codes; code++) {
        mean[code] += p[row][code] / z.length;
      }
      ofRows += entropy(p[row]) / z.length;
    }
    for (int row = 0; row < z.length; row++) {
      double[] toP = new double[codes];
      double expected = 0;
      for (int code = 0; code < codes; code++) {
        double probability = p[row][code];
        toP[code] =
            probability == 0
                ? 0
                : config.diversityWeight() * (Math.log(mean[code]) + 1) - Math.log(probability) - 1;
        expected += probability * toP[code];
      }
      for (int code = 0; code < codes; code++) {
        double toLogit = p[row][code] * (toP[code] - expected) / z.length;
        for (int i = start; i < end; i++) {
          toZ[row][i] +=
              config.entropyWeight()
                  * toLogit
                  * 2
                  * config.inverseTemperature()
                  * value(code, i - start);
        }
      }
    }
    return ofRows - config.diversityWeight() * entropy(mean);
  }

  private double value(int code, int bit) {
    return (code >> bit & 1) == 1 ? magnitude() : -magnitude();
  }

  private double[] probabilities(double[] z, int start, int end) {
    double[] p = new double[1 << (end - start)];
    for (int code = 0; code < p.length; code++) {
      for (int i = start; i < end; i++) {
        double error = z[i] - value(code, i - start);
        p[code] -= config.inverseTemperature() * error * error;
      }
    }
    double max = Arrays.stream(p).max().getAsDouble();
    double sum = Arrays.stream(p).map(logit -> Math.exp(logit - max)).sum();
    return Arrays.stream(p).map(logit -> Math.exp(logit - max) / sum).toArray();
  }

  private static double entropy(double... p) {
    return Arrays.stream(p).map(v -> v == 0 ? 0 : -v * Math.log(v)).sum();
  }

  @Override
  public double[] latentsOf(Quantizer quantizer, int code) {
    double[] latents = new double[d()];
    Arrays.setAll(latents, i -> (code & weight(i)) != 0 ? magnitude() : -magnitude());
    return latents;
  }

  @Override
  public double[] tie(Quantizer quantizer, int code) {
    double[] tie = latentsOf(quantizer, code);
    tie[code % d()] = 0;
    return tie;
  }

  @Override
  public boolean byDistance() {
    return d() <= 10;
  }

  @Override
  public boolean isMeanOverExamples() {
    return config.entropyWeight() == 0 || config.diversityWeight() == 0;
  }
}
