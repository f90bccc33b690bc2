package io.github.vqvae4j.quantize;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

/** Shi et al. 2024, with all probabilities of all codes. */
record IndexBackpropagationOracle(IndexBackpropagationQuantizerConfig config)
    implements QuantizerOracle {
  private int d() {
    return config.dimension();
  }

  private int k() {
    return config.codebookSize();
  }

  private static double dot(double[] a, int i, double[] b, int j, int length) {
    double sum = 0;
    for (int n = 0; n < length; n++) {
      sum += a[i * length + n] * b[j * length + n];
    }
    return sum;
  }

  @Override
  public Expected train(Quantizer quantizer, Batch batch) {
    double[] e = QuantizerOracle.state(quantizer).get("codebook");
    int size = batch.latents().length;
    double[] x = new double[size];
    Arrays.setAll(x, i -> batch.latents()[i]);
    int[] codes = codes(x, e);
    double[] values = new double[size];
    double[] toValues = new double[size];
    double[] toX = new double[size];
    double[] toE = new double[e.length];
    double squares = 0;
    for (int i = 0; i < size; i++) {
      int entry = codes[i / d()] * d() + i % d();
      values[i] = e[entry];
      double error = values[i] - x[i];
      squares += error * error / size;
      toValues[i] = batch.upstream()[i] + config.quantizationWeight() * 2 * error / size;
      toX[i] -= (config.quantizationWeight() + config.commitmentWeight()) * 2 * error / size;
      toE[entry] += toValues[i] + config.codebookWeight() * 2 * error / size;
    }
    backpropagate(x, e, toValues, toX, toE);
    List<Double> terms = new ArrayList<>(List.of(squares, squares, squares));
    if (config.entropyWeight() > 0) {
      terms.add(entropy(x, e, toX, toE));
    }
    return new Expected(codes, values, terms, toX, Map.of("codebook", toE), Map.of("codebook", e));
  }

  private int[] codes(double[] x, double... e) {
    int[] codes = new int[x.length / d()];
    for (int row = 0; row < codes.length; row++) {
      for (int code = 1; code < k(); code++) {
        boolean greater = dot(x, row, e, code, d()) > dot(x, row, e, codes[row], d());
        codes[row] = greater ? code : codes[row];
      }
    }
    return codes;
  }

  private double[] probabilities(double[] x, int row, double[] e, double temperature) {
    double[] logits = new double[k()];
    Arrays.setAll(logits, code -> dot(x, row, e, code, d()) / temperature);
    double max = Arrays.stream(logits).max().getAsDouble();
    double sum = Arrays.stream(logits).map(logit -> Math.exp(logit - max)).sum();
    return Arrays.stream(logits).map(logit -> Math.exp(logit - max) / sum).toArray();
  }

  /** Adds the gradients of one-hot codes as if they were probabilities, except for toE directly. */
  private void backpropagate(
      double[] x, double[] e, double[] toValues, double[] toX, double... toE) {
    for (int row = 0; row < x.length / d(); row++) {
      double[] toP = new double[k()];
      for (int code = 0; code < k(); code++) {
        toP[code] = dot(toValues, row, e, code, d());
      }
      addGradients(x, row, e, toP, 1, toX, toE);
    }
  }

  /** Adds the gradients of x and e, given those of probabilities. */
  private void addGradients(
      double[] x,
      int row,
      double[] e,
      double[] toP,
      double temperature,
      double[] toX,
      double... toE) {
    double[] p = probabilities(x, row, e, temperature);
    double mean = 0;
    for (int code = 0; code < k(); code++) {
      mean += p[code] * toP[code];
    }
    for (int code = 0; code < k(); code++) {
      double toLogit = p[code] * (toP[code] - mean) / temperature;
      for (int i = 0; i < d(); i++) {
        toX[row * d() + i] += toLogit * e[code * d() + i];
        toE[code * d() + i] += toLogit * x[row * d() + i];
      }
    }
  }

  private double entropy(double[] x, double[] e, double[] toX, double... toE) {
    int rows = x.length / d();
    double[] mean = new double[k()];
    double term = 0;
    for (int row = 0; row < rows; row++) {
      double[] p = probabilities(x, row, e, config.entropyTemperature());
      term += entropy(p) / rows;
      Arrays.setAll(mean, code -> mean[code] + p[code] / rows);
    }
    for (int row = 0; row < rows; row++) {
      double[] p = probabilities(x, row, e, config.entropyTemperature());
      double[] toP = new double[k()];
      for (int code = 0; code < k(); code++) {
        double log = p[code] == 0 ? 0 : Math.log(mean[code]) - Math.log(p[code]);
        toP[code] = config.entropyWeight() * log / rows;
      }
      addGradients(x, row, e, toP, config.entropyTemperature(), toX, toE);
    }
    return term - entropy(mean);
  }

  private static double entropy(double... p) {
    return Arrays.stream(p).map(v -> v == 0 ? 0 : -v * Math.log(v)).sum();
  }

  /** The greatest dot product of a codebook vector may be that with a longer one. */
  @Override
  public double[] latentsOf(Quantizer quantizer, int code) {
    return null;
  }

  @Override
  public double[] tie(Quantizer quantizer, int code) {
    double[] e = QuantizerOracle.state(quantizer).get("codebook");
    double[] tie = new double[d()];
    int other = (code + 1) % k();
    Arrays.setAll(tie, i -> e[code * d() + i] + e[other * d() + i]);
    return tie;
  }

  @Override
  public boolean byDistance() {
    return false;
  }

  @Override
  public boolean isMeanOverExamples() {
    return config.entropyWeight() == 0;
  }
}
