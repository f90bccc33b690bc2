package io.github.vqvae4j.quantize;

import io.github.vqvae4j.quantize.VectorQuantizerConfig.Distance;
import io.github.vqvae4j.quantize.VectorQuantizerConfig.Estimator;
import io.github.vqvae4j.quantize.VectorQuantizerConfig.Update;
import io.github.vqvae4j.random.Rng;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.IntStream;

/** Equations 1 to 3 of van den Oord et al. 2017, the options of the settings, and gradients. */
record VectorQuantizerOracle(VectorQuantizerConfig config) implements QuantizerOracle {
  @Override
  public Expected train(Quantizer quantizer, Batch batch) {
    Map<String, double[]> state = QuantizerOracle.state(quantizer);
    double[][] e = rows(state.get("codebook"));
    double[][] table = table(state);
    double[] latents = batch.latents();
    double[][] raw = rows(latents);
    double[][] x = config.distance() == Distance.COSINE ? units(raw) : raw;
    int[] codes = codes(batch, x, table);
    double[][] upstream = rows(batch.upstream());
    double[][] values = new double[x.length][];
    double[][] toX = new double[x.length][];
    double[][] toTable = new double[table.length][config.dimension()];
    double squares = 0;
    for (int n = 0; n < x.length; n++) {
      double[] c = table[codes[n]];
      double[] g = upstream[n];
      double[] v = minus(c, x[n]);
      double[] noise = noise(batch, n);
      double[] direction = unit(plus(v, noise));
      double[] a = unit(v);
      double projected = dot(direction, g);
      boolean isDiveq = config.estimator() == Estimator.DIVEQ;
      values[n] = isDiveq ? plus(x[n], times(norm(v), direction)) : c;
      toX[n] =
          switch (config.estimator()) {
            case STRAIGHT_THROUGH -> g;
            case ROTATION -> rotated(x[n], c, g);
            case DIVEQ -> minus(g, times(projected, a));
          };
      double factor = isDiveq ? 0 : 2.0 / latents.length;
      toX[n] = minus(toX[n], times(config.commitmentWeight() * factor, v));
      double[] toCode = isDiveq ? times(projected, a) : times(config.codebookWeight() * factor, v);
      toTable[codes[n]] = plus(toTable[codes[n]], toCode);
      squares += dot(v, v);
    }
    Map<String, double[]> toParameters = new TreeMap<>();
    List<Double> terms = new ArrayList<>();
    if (config.update() == Update.GRADIENT) {
      toParameters.put("codebook", flat(toCodebook(state, e, toTable)));
    }
    if (config.estimator() != Estimator.DIVEQ) {
      terms.add(squares / latents.length);
      if (config.update() == Update.GRADIENT) {
        terms.add(squares / latents.length);
      }
    }
    if (config.orthogonality() > 0) {
      terms.add(orthogonality(e));
    }
    return new Expected(
        codes,
        flat(values),
        terms,
        flat(config.distance() == Distance.COSINE ? unitBackward(raw, toX) : toX),
        toParameters,
        stateAfter((VectorQuantizer) quantizer, state, batch, x, codes));
  }

  /** Returns what the codes stand for. */
  private double[][] table(Map<String, double[]> state) {
    double[][] e = rows(state.get("codebook"));
    if (config.affine()) {
      return Arrays.stream(e).map(row -> affine(row, state, 2, 0)).toArray(double[][]::new);
    }
    return config.distance() == Distance.COSINE ? units(e) : e;
  }

  /** Replaces mean and standard deviation, from row {@code from} of the moments to others. */
  private static double[] affine(double[] row, Map<String, double[]> state, int from, int to) {
    double[] moments = state.get("moments");
    int d = row.length;
    double[] result = new double[d];
    for (int i = 0; i < d; i++) {
      double before = Math.sqrt(Math.max(1e-5, moments[(from + 1) * d + i]));
      double after = Math.sqrt(Math.max(1e-5, moments[(to + 1) * d + i]));
      result[i] = (row[i] - moments[from * d + i]) * after / before + moments[to * d + i];
    }
    return result;
  }

  private int[] codes(Batch batch, double[][] x, double[]... table) {
    boolean byAngle = config.distance() != Distance.EUCLIDEAN;
    double[][] from = byAngle ? units(x) : x;
    double[][] to = byAngle ? units(table) : table;
    int[] codes = new int[x.length];
    Rng rng = null;
    for (int n = 0; n < x.length; n++) {
      rng = n % batch.places() == 0 ? batch.key().example(batch.draw(), n / batch.places()) : rng;
      codes[n] = config.temperature() == 0 ? nearest(from[n], to) : sampled(from[n], to, rng);
    }
    return codes;
  }

  private static int nearest(double[] row, double[]... table) {
    int nearest = 0;
    for (int k = 1; k < table.length; k++) {
      nearest = distance(row, table[k]) < distance(row, table[nearest]) ? k : nearest;
    }
    return nearest;
  }

  /** Samples from exp(-distance / T). */
  private int sampled(double[] row, double[][] table, Rng rng) {
    double smallest = distance(row, table[nearest(row, table)]);
    double[] weights =
        Arrays.stream(table)
            .mapToDouble(e -> Math.exp((smallest - distance(row, e)) / config.temperature()))
            .toArray();
    double rest = rng.nextDouble() * Arrays.stream(weights).sum();
    int code = 0;
    while (rest >= weights[code]) {
      rest -= weights[code++];
    }
    return code;
  }

  private double[] noise(Batch batch, int n) {
    double[] noise = new double[config.dimension()];
    if (config.estimator() == Estimator.DIVEQ) {
      Rng rng = batch.key().example(batch.draw(), n / batch.places());
      for (int i = 0; i <= n % batch.places(); i++) {
        Arrays.setAll(noise, j -> config.directionNoise() * rng.nextGaussian());
      }
    }
    return noise;
  }

  /** Rotates a gradient g as x is rotated and scaled to q. */
  private static double[] rotated(double[] x, double[] q, double... g) {
    if (x.length == 1 || norm(x) == 0 || norm(q) == 0) {
      return g;
    }
    double[] u = unit(x);
    double[] p = unit(q);
    double[] w = unit(plus(u, p));
    double[] reflected = minus(g, times(2 * dot(w, g), w));
    return times(norm(q) / norm(x), plus(reflected, times(2 * dot(p, g), u)));
  }

  private double[][] toCodebook(Map<String, double[]> state, double[][] e, double[][] toTable) {
    double[][] gradient = toTable;
    if (config.affine()) {
      double[] zero = affine(new double[config.dimension()], state, 2, 0);
      gradient =
          Arrays.stream(toTable)
              .map(
                  g -> { // the transformation is linear: the gradient is scaled as a difference is
                    double[] scaled = new double[g.length];
                    double[] one = new double[g.length];
                    Arrays.fill(one, 1);
                    double[] ends = affine(one, state, 2, 0);
                    Arrays.setAll(scaled, i -> g[i] * (ends[i] - zero[i]));
                    return scaled;
                  })
              .toArray(double[][]::new);
    } else if (config.distance() == Distance.COSINE) {
      gradient = unitBackward(e, toTable);
    }
    if (config.orthogonality() == 0) {
      return gradient;
    }
    double[][] u = units(e);
    double[][] toUnits = new double[e.length][config.dimension()];
    double factor = 4 * config.orthogonality() / e.length / e.length;
    for (int i = 0; i < e.length; i++) {
      for (double[] other : u) {
        toUnits[i] = plus(toUnits[i], times(factor * dot(u[i], other), other));
      }
    }
    double[][] more = unitBackward(e, toUnits);
    double[][] sum = new double[e.length][];
    for (int i = 0; i < e.length; i++) {
      sum[i] = plus(gradient[i], more[i]);
    }
    return sum;
  }

  private static double orthogonality(double[]... e) {
    double sum = 0;
    for (double[] a : units(e)) {
      for (double[] b : units(e)) {
        sum += dot(a, b) * dot(a, b);
      }
    }
    return sum / e.length / e.length - 1.0 / e.length;
  }

  private Map<String, double[]> stateAfter(
      VectorQuantizer quantizer,
      Map<String, double[]> before,
      Batch batch,
      double[][] x,
      int... codes) {
    double[][] e = rows(before.get("codebook"));
    double[][] own = x;
    double[][] selected = table(before);
    if (config.affine()) {
      own = Arrays.stream(x).map(row -> affine(row, before, 0, 2)).toArray(double[][]::new);
      selected = e;
    }
    double[][] vectors = selected;
    double[][] ofRows = Arrays.stream(codes).mapToObj(k -> vectors[k]).toArray(double[][]::new);
    int draw = batch.draw() + draws() - 1;
    ReferenceCodebook updated = new ReferenceCodebook(quantizer, config);
    updated.update(batch.key(), draw, own, ofRows, batch.places(), codes);
    if (config.onlineClustering()) {
      cluster(updated, e, own);
    }
    Map<String, double[]> state = state(updated);
    if (config.affine()) {
      boolean first = before.get("momentsStarted")[0] == 0;
      double[] moments = before.get("moments").clone();
      average(moments, 0, first ? 0 : 0.99, x);
      average(moments, 2, first ? 0 : 0.9, updated.codebook);
      state.put("moments", moments);
      state.put("momentsStarted", new double[] {1});
    }
    return state;
  }

  static Map<String, double[]> state(ReferenceCodebook updated) {
    Map<String, double[]> state = new TreeMap<>();
    state.put("codebook", flat(updated.codebook));
    state.put("count", updated.count);
    state.put("weight", new double[] {updated.weight});
    state.put("initialized", new double[] {1});
    if (updated.sum != null) {
      state.put("sum", flat(updated.sum));
    }
    return state;
  }

  private void cluster(ReferenceCodebook updated, double[][] before, double[]... x) {
    double total = Arrays.stream(updated.count).sum();
    for (int k = 0; k < before.length; k++) {
      double share = updated.count[k] * updated.weight / total;
      double a = Math.exp(-10 * before.length * share / (1 - config.ema().decay()) - 1e-3);
      double[] nearest = x[nearest(before[k], x)];
      updated.codebook[k] = plus(times(1 - a, updated.codebook[k]), times(a, nearest));
    }
  }

  private static void average(double[] moments, int row, double decay, double[]... values) {
    int d = values[0].length;
    for (int i = 0; i < d; i++) {
      int column = i;
      double mean = Arrays.stream(values).mapToDouble(v -> v[column]).average().orElseThrow();
      double variance =
          Arrays.stream(values)
              .mapToDouble(v -> (v[column] - mean) * (v[column] - mean))
              .average()
              .orElseThrow();
      moments[row * d + i] = decay * moments[row * d + i] + (1 - decay) * mean;
      moments[(row + 1) * d + i] = decay * moments[(row + 1) * d + i] + (1 - decay) * variance;
    }
  }

  private double[][] rows(double... table) {
    int d = config.dimension();
    return IntStream.range(0, table.length / d)
        .mapToObj(i -> Arrays.copyOfRange(table, i * d, (i + 1) * d))
        .toArray(double[][]::new);
  }

  private static double[] flat(double[]... rows) {
    return Arrays.stream(rows).flatMapToDouble(Arrays::stream).toArray();
  }

  private static double dot(double[] a, double... b) {
    return IntStream.range(0, a.length).mapToDouble(i -> a[i] * b[i]).sum();
  }

  private static double norm(double... a) {
    return Math.sqrt(dot(a, a));
  }

  private static double distance(double[] a, double... b) {
    return Math.pow(norm(minus(a, b)), 2);
  }

  private static double[] plus(double[] a, double... b) {
    return IntStream.range(0, a.length).mapToDouble(i -> a[i] + b[i]).toArray();
  }

  private static double[] minus(double[] a, double... b) {
    return plus(a, times(-1, b));
  }

  private static double[] times(double factor, double... a) {
    return Arrays.stream(a).map(value -> factor * value).toArray();
  }

  private static double[] unit(double... a) {
    return norm(a) == 0 ? a : times(1 / norm(a), a);
  }

  private static double[][] units(double[]... rows) {
    return Arrays.stream(rows).map(row -> unit(row)).toArray(double[][]::new);
  }

  /** Returns (g - u (u . g)) / ||x|| for each row. */
  private static double[][] unitBackward(double[][] x, double[]... g) {
    double[][] result = new double[x.length][];
    for (int i = 0; i < x.length; i++) {
      double[] u = unit(x[i]);
      result[i] = times(1 / norm(x[i]), minus(g[i], times(dot(u, g[i]), u)));
    }
    return result;
  }

  /** That of the restarts, after that of sampled codes or of directions. */
  @Override
  public int draws() {
    boolean noisy = config.estimator() == Estimator.DIVEQ && config.directionNoise() > 0;
    return noisy || config.temperature() > 0 ? 2 : 1;
  }

  @Override
  public double[] latentsOf(Quantizer quantizer, int code) {
    return table(QuantizerOracle.state(quantizer))[code];
  }

  @Override
  public double[] tie(Quantizer quantizer, int code) {
    double[] other = latentsOf(quantizer, (code + 1) % config.codebookSize());
    return times(0.5, plus(latentsOf(quantizer, code), other));
  }

  @Override
  public boolean byDistance() {
    return config.distance() != Distance.COSINE_LOOKUP;
  }
}
