package io.github.vqvae4j.quantize;

import io.github.vqvae4j.quantize.VectorQuantizerConfig.Update;
import io.github.vqvae4j.random.Rng;
import io.github.vqvae4j.random.RngKey;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.function.Predicate;
import java.util.stream.IntStream;

/** The update of a codebook by a whole batch, written down without any regard for speed. */
final class ReferenceCodebook {
  final int k;
  final int d;
  final VectorQuantizerConfig config;
  final double[][] codebook;
  final double[] count;
  final double[][] sum;
  double weight;

  /** The number of codes that the last update has restarted. */
  int restarts;

  /** Copies the state of a quantizer. */
  ReferenceCodebook(VectorQuantizer quantizer, VectorQuantizerConfig config) {
    this.config = config;
    k = config.codebookSize();
    d = config.dimension();
    codebook = rows(quantizer.variables().get("codebook").toDoubles());
    count = quantizer.variables().get("count").toDoubles();
    weight = quantizer.variables().get("weight").toDoubles()[0];
    sum = ema() ? rows(quantizer.variables().get("sum").toDoubles()) : null;
  }

  boolean ema() {
    return config.update() == Update.EMA;
  }

  private double[][] rows(double... table) {
    return IntStream.range(0, table.length / d)
        .mapToObj(i -> Arrays.copyOfRange(table, i * d, (i + 1) * d))
        .toArray(double[][]::new);
  }

  /**
   * Updates the codebook.
   *
   * @param key the key of the whole batch
   * @param values the latents of all examples
   * @param perExample the number of latents of an example
   */
  void update(RngKey key, float[] values, int perExample) {
    double[] latents = new double[values.length];
    Arrays.setAll(latents, i -> values[i]);
    boolean[] all = new boolean[values.length / d];
    Arrays.fill(all, true);
    update(key, 0, latents, perExample, all);
  }

  /**
   * Updates the codebook.
   *
   * @param key the key of the whole batch
   * @param draw the index of the random operation
   * @param latents the latents of all examples
   * @param perExample the number of latents of an example
   * @param used whether each latent has a part in the update
   */
  void update(RngKey key, int draw, double[] latents, int perExample, boolean... used) {
    double[][] rows = rows(latents);
    int[] nearest = new int[rows.length];
    double[][] selected = new double[rows.length][];
    for (int i = 0; i < rows.length; i++) {
      nearest[i] = nearest(rows[i]);
      selected[i] = codebook[nearest[i]];
      nearest[i] = used[i] ? nearest[i] : Codes.MISSING;
    }
    update(key, draw, rows, selected, perExample, nearest);
  }

  /**
   * Updates the codebook.
   *
   * @param key the key of the whole batch
   * @param draw the number of random operations before that of the restarts
   * @param rows the latents
   * @param selected what their codes stand for
   * @param perExample the number of latents of an example
   * @param nearest their codes; {@link Codes#MISSING} for those that have no part in the update
   */
  void update(
      RngKey key, int draw, double[][] rows, double[][] selected, int perExample, int... nearest) {
    double[] keys = new double[rows.length];
    for (int i = 0; i < rows.length; i++) {
      Rng rng = key.example(draw, i / perExample);
      double u = 0;
      for (int j = 0; j <= i % perExample; j++) {
        u = 1 - rng.nextDouble();
      }
      keys[i] =
          nearest[i] == Codes.MISSING
              ? Double.NEGATIVE_INFINITY
              : Math.log(u) / distance(rows[i], selected[i]);
    }
    double gamma = config.ema().decay();
    double meanBefore = Arrays.stream(count).average().getAsDouble();
    double weightBefore = weight;
    weight = gamma * weight + 1 - gamma;
    for (int i = 0; i < k; i++) {
      count[i] *= gamma;
      for (int j = 0; ema() && j < d; j++) {
        sum[i][j] *= gamma;
      }
    }
    for (int i = 0; i < rows.length; i++) {
      if (nearest[i] == Codes.MISSING) {
        continue;
      }
      count[nearest[i]] += 1 - gamma;
      for (int j = 0; ema() && j < d; j++) {
        sum[nearest[i]][j] += (1 - gamma) * rows[i][j];
      }
    }
    double mean = Arrays.stream(count).average().getAsDouble();
    double usual = meanBefore == 0 ? mean : meanBefore / weightBefore * weight;
    int[] dead =
        IntStream.range(0, k).filter(i -> count[i] < config.deadCodeThreshold() * usual).toArray();
    if (ema()) {
      smooth(mean * k / weight, dead);
    }
    restart(dead, rows, keys);
  }

  int nearest(double... row) {
    int nearest = 0;
    for (int i = 1; i < k; i++) {
      nearest = distance(row, codebook[i]) < distance(row, codebook[nearest]) ? i : nearest;
    }
    return nearest;
  }

  private static double distance(double[] a, double... b) {
    double squares = 0;
    for (int i = 0; i < a.length; i++) {
      squares += (a[i] - b[i]) * (a[i] - b[i]);
    }
    return squares;
  }

  private void smooth(double total, int... dead) {
    double epsilon = config.ema().epsilon();
    for (int i = 0; i < k; i++) {
      double smoothed = total * (count[i] / weight + epsilon) / (total + k * epsilon);
      for (int j = 0; Arrays.binarySearch(dead, i) < 0 && j < d; j++) {
        codebook[i][j] = sum[i][j] / weight / smoothed;
      }
      count[i] = config.ema().smoothedCountsStored() ? smoothed : count[i];
    }
  }

  private void restart(int[] dead, double[][] rows, double... keys) {
    double mean = Arrays.stream(count).average().getAsDouble();
    List<double[]> chosen =
        IntStream.range(0, rows.length)
            .boxed()
            .filter(i -> keys[i] > Double.NEGATIVE_INFINITY)
            .sorted(Comparator.comparingDouble((Integer i) -> -keys[i]))
            .filter(distinct(rows))
            .limit(dead.length)
            .map(i -> rows[i])
            .filter(row -> Arrays.stream(codebook).noneMatch(code -> equal(code, row)))
            .toList();
    restarts = chosen.size();
    for (int i = 0; i < restarts; i++) {
      double[] row = chosen.get(i);
      codebook[dead[i]] = row.clone();
      count[dead[i]] = mean;
      for (int j = 0; ema() && j < d; j++) {
        sum[dead[i]][j] = mean * row[j];
      }
    }
  }

  /** Returns a stateful filter that accepts each vector once. */
  private static Predicate<Integer> distinct(double[]... rows) {
    List<double[]> seen = new ArrayList<>();
    return i -> seen.stream().noneMatch(row -> equal(row, rows[i])) && seen.add(rows[i]);
  }

  private static boolean equal(double[] a, double... b) {
    return distance(a, b) == 0;
  }
}
