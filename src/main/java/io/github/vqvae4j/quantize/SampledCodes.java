package io.github.vqvae4j.quantize;

import io.github.vqvae4j.tensor.CustomOperation;
import io.github.vqvae4j.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;

/**
 * Samples a code for each row with probabilities proportional to exp(-||x - e_k||^2 / T): the first
 * one at which the cumulative probability exceeds a uniform number.
 *
 * @param temperature T
 */
record SampledCodes(double temperature) implements CustomOperation {
  /** The approximate number of probabilities in memory at a time. */
  private static final int CHUNK = 1 << 20;

  /**
   * Returns the codes.
   *
   * @param rows the rows x [n, D]
   * @param table the vectors e [K, D]
   * @param uniform a number in [0, 1) for each row [n, 1]
   * @return an INT tensor [n]
   */
  static Tensor of(Tensor rows, Tensor table, Tensor uniform, double temperature) {
    long chunk = Math.max(1, CHUNK / table.size(0));
    List<Tensor> codes = new ArrayList<>();
    for (long start = 0; start < rows.size(0); start += chunk) {
      long end = Math.min(rows.size(0), start + chunk);
      Tensor x = rows.slice(0, start, end);
      Tensor u = uniform.slice(0, start, end);
      codes.add(rows.step().apply(new SampledCodes(temperature), x, table, u));
    }
    return Tensor.concat(0, codes);
  }

  @Override
  public String name() {
    return "sampledCodes";
  }

  @Override
  public Tensor forward(Tensor... inputs) {
    Tensor rows = inputs[0];
    Tensor table = inputs[1];
    Tensor products = rows.matmul(false, table, true).mul(2);
    Tensor logits = products.sub(table.square().sum(1)).div(temperature);
    double[] probabilities = logits.softmax(-1).toDoubles();
    double[] uniform = inputs[2].toDoubles();
    int k = (int) table.size(0);
    int[] codes = new int[uniform.length];
    for (int i = 0; i < codes.length; i++) {
      codes[i] = sample(probabilities, i * k, k, uniform[i]);
    }
    return rows.step().tensor(codes, codes.length);
  }

  private static int sample(double[] probabilities, int start, int k, double uniform) {
    double rest = uniform;
    int last = 0;
    for (int code = 0; code < k; code++) {
      double probability = probabilities[start + code];
      if (rest < probability) {
        return code;
      }
      rest -= probability;
      last = probability > 0 ? code : last;
    }
    return last; // the rounded probabilities add up to less than 1
  }

  @Override
  public Tensor[] backward(Tensor gradient, Tensor result, Tensor... inputs) {
    return new Tensor[inputs.length];
  }
}
