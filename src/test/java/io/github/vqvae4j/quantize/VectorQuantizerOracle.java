package io.github.vqvae4j.quantize;

import io.github.vqvae4j.quantize.VectorQuantizerConfig.Update;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Equations 1 to 3 of van den Oord et al. 2017 and their gradients. */
record VectorQuantizerOracle(VectorQuantizerConfig config) implements QuantizerOracle {
  @Override
  public Expected train(Quantizer quantizer, Batch batch) {
    int d = config.dimension();
    double[] codebook = quantizer.variables().get("codebook").toDoubles();
    int size = batch.latents().length;
    int[] codes = new int[size / d];
    double[] values = new double[size];
    double[] toLatents = new double[size];
    double[] toCodebook = new double[codebook.length];
    double squares = 0;
    for (int i = 0; i < size; i++) {
      codes[i / d] = i % d == 0 ? nearest(codebook, batch.latents(), i) : codes[i / d];
      int entry = codes[i / d] * d + i % d;
      values[i] = codebook[entry];
      double error = batch.latents()[i] - values[i];
      squares += error * error;
      toLatents[i] = batch.upstream()[i] + config.commitmentWeight() * 2 * error / size;
      toCodebook[entry] -= config.codebookWeight() * 2 * error / size;
    }
    boolean byGradient = config.update() == Update.GRADIENT;
    List<Double> terms = new ArrayList<>(List.of(squares / size));
    if (byGradient) {
      terms.add(squares / size);
    }
    return new Expected(
        codes,
        values,
        terms,
        toLatents,
        byGradient ? Map.of("codebook", toCodebook) : Map.of(),
        stateAfter((VectorQuantizer) quantizer, batch));
  }

  private Map<String, double[]> stateAfter(VectorQuantizer quantizer, Batch batch) {
    ReferenceCodebook updated = new ReferenceCodebook(quantizer, config);
    updated.update(batch.key(), batch.latents(), batch.places());
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

  private static double[] flat(double[]... rows) {
    return Arrays.stream(rows).flatMapToDouble(Arrays::stream).toArray();
  }

  private int nearest(double[] codebook, float[] latents, int from) {
    int nearest = 0;
    double min = Double.POSITIVE_INFINITY;
    for (int code = 0; code < config.codebookSize(); code++) {
      double distance = 0;
      for (int j = 0; j < config.dimension(); j++) {
        double error = latents[from + j] - codebook[code * config.dimension() + j];
        distance += error * error;
      }
      nearest = distance < min ? code : nearest;
      min = Math.min(min, distance);
    }
    return nearest;
  }

  @Override
  public double[] latentsOf(Quantizer quantizer, int code) {
    int d = config.dimension();
    double[] codebook = quantizer.variables().get("codebook").toDoubles();
    return Arrays.copyOfRange(codebook, code * d, (code + 1) * d);
  }

  @Override
  public double[] tie(Quantizer quantizer, int code) {
    double[] tie = latentsOf(quantizer, code);
    double[] other = latentsOf(quantizer, (code + 1) % config.codebookSize());
    Arrays.setAll(tie, i -> (tie[i] + other[i]) / 2);
    return tie;
  }

  @Override
  public boolean byDistance() {
    return true;
  }
}
