package io.github.vqvae4j.quantize;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Function;

/** The groups one by one, with the formulas of their quantizer. */
record GroupedOracle(GroupedQuantizerConfig config) implements QuantizerOracle {
  private QuantizerOracle group() {
    if (config.group() instanceof VectorQuantizerConfig vectors) {
      return new VectorQuantizerOracle(vectors);
    }
    return config.group() instanceof ResidualQuantizerConfig residual
        ? new ResidualOracle(residual)
        : new FiniteScalarOracle((FiniteScalarQuantizerConfig) config.group());
  }

  @Override
  public Expected train(Quantizer quantizer, Batch batch) {
    GroupedQuantizer groups = (GroupedQuantizer) quantizer;
    if (config.sharedCodebook()) {
      Batch rows =
          new Batch(
              batch.key(),
              batch.latents(),
              batch.places() * config.groups(),
              batch.upstream(),
              batch.draw());
      Expected one = group().train(groups.group(0), rows);
      return new Expected(
          one.codes(),
          one.values(),
          one.terms(),
          one.toLatents(),
          prefixed("group.", one.toParameters()),
          prefixed("group.", one.state()));
    }
    return separate(groups, batch);
  }

  private Expected separate(GroupedQuantizer groups, Batch batch) {
    int h = config.groups();
    int wide = groups.dimension();
    int d = wide / h;
    int n = batch.latents().length / wide;
    int books = groups.codebooks().stages();
    int[] codes = new int[n * h * books];
    double[] values = new double[n * wide];
    double[] toLatents = new double[n * wide];
    List<Double> terms = new ArrayList<>();
    Map<String, double[]> toParameters = new TreeMap<>();
    Map<String, double[]> state = new TreeMap<>();
    int draw = batch.draw();
    int[] kept = null;
    if (group() instanceof ResidualOracle residual && dropout(residual)) {
      kept = residual.kept(part(batch, 0, d, draw, 1), d);
      draw++;
    }
    for (int g = 0; g < h; g++) {
      Expected expected = train(groups.group(g), part(batch, g, d, draw, 1), kept);
      Expected onlyTerms = train(groups.group(g), part(batch, g, d, draw, 0), kept);
      draw += draws(kept);
      for (int row = 0; row < n; row++) {
        System.arraycopy(expected.codes(), row * books, codes, (row * h + g) * books, books);
        System.arraycopy(expected.values(), row * d, values, row * wide + g * d, d);
        for (int i = 0; i < d; i++) {
          double own = onlyTerms.toLatents()[row * d + i];
          toLatents[row * wide + g * d + i] = expected.toLatents()[row * d + i] - own + own / h;
        }
      }
      for (int i = 0; i < expected.terms().size(); i++) {
        double mean = expected.terms().get(i) / h;
        if (g == 0) {
          terms.add(mean);
        } else {
          terms.set(i, terms.get(i) + mean);
        }
      }
      expected
          .toParameters()
          .forEach(
              (name, gradient) -> {
                double[] own = onlyTerms.toParameters().get(name);
                Arrays.setAll(gradient, i -> gradient[i] - own[i] + own[i] / h);
              });
      toParameters.putAll(prefixed("group" + g + ".", expected.toParameters()));
      state.putAll(prefixed("group" + g + ".", expected.state()));
    }
    return new Expected(codes, values, terms, toLatents, toParameters, state);
  }

  private static boolean dropout(ResidualOracle residual) {
    return residual.config().dropout().form() != StageDropout.Form.NONE;
  }

  private int draws(int... kept) {
    if (kept == null) {
      return group().draws();
    }
    ResidualOracle residual = (ResidualOracle) group();
    return residual.config().dropout().isPerExample() ? residual.draws() - 1 : kept[0];
  }

  private Expected train(Quantizer quantizer, Batch part, int... kept) {
    return kept == null
        ? group().train(quantizer, part)
        : ((ResidualOracle) group()).train((ResidualQuantizer) quantizer, part, kept);
  }

  private Batch part(Batch batch, int group, int d, int draw, double factor) {
    int wide = config.groups() * d;
    double[] latents = new double[batch.latents().length / config.groups()];
    double[] upstream = new double[latents.length];
    for (int i = 0; i < latents.length; i++) {
      int from = i / d * wide + group * d + i % d;
      latents[i] = batch.latents()[from];
      upstream[i] = factor * batch.upstream()[from];
    }
    return new Batch(batch.key(), latents, batch.places(), upstream, draw);
  }

  private static Map<String, double[]> prefixed(String prefix, Map<String, double[]> values) {
    Map<String, double[]> result = new TreeMap<>();
    values.forEach((name, value) -> result.put(prefix + name, value));
    return result;
  }

  @Override
  public int draws() {
    return config.groups() * group().draws();
  }

  @Override
  public double[] latentsOf(Quantizer quantizer, int code) {
    return repeated(quantizer, g -> group().latentsOf(g, code));
  }

  @Override
  public double[] tie(Quantizer quantizer, int code) {
    return repeated(quantizer, g -> group().tie(g, code));
  }

  private double[] repeated(Quantizer quantizer, Function<Quantizer, double[]> latents) {
    List<Double> all = new ArrayList<>();
    for (int i = 0; i < config.groups(); i++) {
      double[] part = latents.apply(((GroupedQuantizer) quantizer).group(i));
      if (part == null) {
        return null;
      }
      Arrays.stream(part).forEach(all::add);
    }
    return all.stream().mapToDouble(x -> x).toArray();
  }

  @Override
  public boolean byDistance() {
    return false;
  }
}
