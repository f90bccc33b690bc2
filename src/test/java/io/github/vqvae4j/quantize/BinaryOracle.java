package io.github.vqvae4j.quantize;

import io.github.vqvae4j.random.Rng;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

/** Random bits (Fleuret 2025), value by value. */
record BinaryOracle(BinaryQuantizerConfig config) implements QuantizerOracle {
  private static double entropy(double p) {
    return p == 0 || p == 1 ? 0 : -p * Math.log(p) - (1 - p) * Math.log1p(-p);
  }

  @Override
  public Expected train(Quantizer quantizer, Batch batch) {
    int n = config.bits();
    int perExample = batch.places() * n;
    double[] l = batch.latents();
    double[] y = new double[l.length];
    double[] toLatents = new double[l.length];
    int[] codes = new int[l.length / n];
    Rng rng = null;
    double sum = 0;
    for (int row = 0; row < codes.length; row++) {
      double kl = n * Math.log(2) - config.klThreshold();
      double[] slopes = new double[n];
      for (int i = row * n; i < (row + 1) * n; i++) {
        rng = i % perExample == 0 ? batch.key().example(0, i / perExample) : rng;
        double p = 1 / (1 + Math.exp(-l[i] / config.temperature()));
        int bit = rng.nextDouble() < p ? 1 : 0;
        codes[row] |= bit << (i % n);
        y[i] = 2 * bit - 1;
        kl -= entropy(p);
        double slope = p * (1 - p) / config.temperature();
        toLatents[i] = 2 * slope * batch.upstream()[i];
        slopes[i % n] = slope * l[i] / config.temperature(); // dh/dp = -l/T
      }
      if (kl > 0) {
        sum += kl;
        for (int i = 0; i < n; i++) {
          toLatents[row * n + i] += config.klWeight() * slopes[i] / codes.length;
        }
      }
    }
    List<Double> terms = config.klWeight() == 0 ? List.of() : List.of(sum / codes.length);
    return new Expected(codes, y, terms, toLatents, Map.of(), QuantizerOracle.state(quantizer));
  }

  @Override
  public double[] latentsOf(Quantizer quantizer, int code) {
    double[] latents = new double[config.bits()];
    Arrays.setAll(latents, i -> 2 * (code >> i & 1) - 1);
    return latents;
  }

  @Override
  public double[] tie(Quantizer quantizer, int code) {
    return new double[config.bits()];
  }

  @Override
  public boolean byDistance() {
    return false;
  }
}
