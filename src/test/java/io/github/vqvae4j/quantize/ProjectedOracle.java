package io.github.vqvae4j.quantize;

import java.util.Map;
import java.util.TreeMap;

/** Linear projections around the formulas of another quantizer. */
record ProjectedOracle(int dimension, QuantizerOracle inner) implements QuantizerOracle {
  private static Quantizer inner(Quantizer quantizer) {
    return ((ProjectedQuantizer) quantizer).quantizer();
  }

  @Override
  public Expected train(Quantizer quantizer, Batch batch) {
    Map<String, double[]> state = QuantizerOracle.state(quantizer);
    double[] z = linear(batch.latents(), state, "projectIn");
    double[] toY = toInput(batch.upstream(), state, "projectOut");
    Batch projected = new Batch(batch.key(), z, batch.places(), toY, batch.draw());
    Expected expected = inner.train(inner(quantizer), projected);
    Map<String, double[]> toParameters = new TreeMap<>();
    expected.toParameters().forEach((name, g) -> toParameters.put("quantizer." + name, g));
    toWeights(batch.upstream(), expected.values(), state, "projectOut", toParameters);
    toWeights(expected.toLatents(), batch.latents(), state, "projectIn", toParameters);
    Map<String, double[]> after = new TreeMap<>(state);
    expected.state().forEach((name, values) -> after.put("quantizer." + name, values));
    return new Expected(
        expected.codes(),
        linear(expected.values(), state, "projectOut"),
        expected.terms(),
        toInput(expected.toLatents(), state, "projectIn"),
        toParameters,
        after);
  }

  private static double[] linear(double[] x, Map<String, double[]> state, String name) {
    double[] weight = state.get(name + ".weight");
    double[] bias = state.get(name + ".bias");
    int out = bias.length;
    int in = weight.length / out;
    double[] y = new double[x.length / in * out];
    for (int i = 0; i < y.length; i++) {
      y[i] = bias[i % out];
      for (int j = 0; j < in; j++) {
        y[i] += x[i / out * in + j] * weight[j * out + i % out];
      }
    }
    return y;
  }

  private static double[] toInput(double[] dy, Map<String, double[]> state, String name) {
    double[] weight = state.get(name + ".weight");
    int out = state.get(name + ".bias").length;
    int in = weight.length / out;
    double[] dx = new double[dy.length / out * in];
    for (int i = 0; i < dy.length; i++) {
      for (int j = 0; j < in; j++) {
        dx[i / out * in + j] += dy[i] * weight[j * out + i % out];
      }
    }
    return dx;
  }

  private static void toWeights(
      double[] dy,
      double[] x,
      Map<String, double[]> state,
      String name,
      Map<String, double[]> toParameters) {
    int out = state.get(name + ".bias").length;
    int in = state.get(name + ".weight").length / out;
    double[] toWeight = new double[in * out];
    double[] toBias = new double[out];
    for (int i = 0; i < dy.length; i++) {
      toBias[i % out] += dy[i];
      for (int j = 0; j < in; j++) {
        toWeight[j * out + i % out] += dy[i] * x[i / out * in + j];
      }
    }
    toParameters.put(name + ".weight", toWeight);
    toParameters.put(name + ".bias", toBias);
  }

  @Override
  public int draws() {
    return inner.draws();
  }

  @Override
  public double[] latentsOf(Quantizer quantizer, int code) {
    return null;
  }

  @Override
  public double[] tie(Quantizer quantizer, int code) {
    return new double[dimension];
  }

  @Override
  public boolean byDistance() {
    return false;
  }
}
