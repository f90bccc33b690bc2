package io.github.vqvae4j.quantize;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Zhu et al. 2024: a vector quantizer with the codebook e W + b. */
record SimVectorOracle(SimVectorQuantizerConfig config) implements QuantizerOracle {
  private double[][] codebook(Map<String, double[]> state) {
    double[] fixed = state.get("fixed");
    double[] weight = state.get("projection.weight");
    double[] bias = state.get("projection.bias");
    int m = config.fixedDimension();
    int d = config.dimension();
    double[][] codebook = new double[config.codebookSize()][d];
    for (int code = 0; code < codebook.length; code++) {
      for (int j = 0; j < d; j++) {
        codebook[code][j] = config.bias() ? bias[j] : 0;
        for (int i = 0; i < m; i++) {
          codebook[code][j] += fixed[code * m + i] * weight[i * d + j];
        }
      }
    }
    return codebook;
  }

  @Override
  public Expected train(Quantizer quantizer, Batch batch) {
    Map<String, double[]> state = QuantizerOracle.state(quantizer);
    double[][] codebook = codebook(state);
    int m = config.fixedDimension();
    int d = config.dimension();
    int size = batch.latents().length;
    int[] codes = new int[size / d];
    double[] values = new double[size];
    double[] toLatents = new double[size];
    double[] toWeight = new double[m * d];
    double[] toBias = new double[d];
    double squares = 0;
    for (int row = 0; row < codes.length; row++) {
      codes[row] = nearest(codebook, Arrays.copyOfRange(batch.latents(), row * d, row * d + d));
      for (int j = 0; j < d; j++) {
        int i = row * d + j;
        values[i] = codebook[codes[row]][j];
        double error = batch.latents()[i] - values[i];
        squares += error * error;
        toLatents[i] = batch.upstream()[i] + config.commitmentWeight() * 2 * error / size;
        double toVector = -config.codebookWeight() * 2 * error / size;
        toBias[j] += toVector;
        for (int n = 0; n < m; n++) {
          toWeight[n * d + j] += state.get("fixed")[codes[row] * m + n] * toVector;
        }
      }
    }
    Map<String, double[]> toParameters = new TreeMap<>(Map.of("projection.weight", toWeight));
    if (config.bias()) {
      toParameters.put("projection.bias", toBias);
    }
    List<Double> terms = List.of(squares / size, squares / size);
    return new Expected(codes, values, terms, toLatents, toParameters, state);
  }

  private static int nearest(double[][] codebook, double... row) {
    int nearest = 0;
    double min = Double.POSITIVE_INFINITY;
    for (int code = 0; code < codebook.length; code++) {
      double distance = 0;
      for (int j = 0; j < row.length; j++) {
        double error = row[j] - codebook[code][j];
        distance += error * error;
      }
      nearest = distance < min ? code : nearest;
      min = Math.min(min, distance);
    }
    return nearest;
  }

  @Override
  public double[] latentsOf(Quantizer quantizer, int code) {
    return codebook(QuantizerOracle.state(quantizer))[code];
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
