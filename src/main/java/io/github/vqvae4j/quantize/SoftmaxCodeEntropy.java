package io.github.vqvae4j.quantize;

import io.github.vqvae4j.tensor.CustomOperation;
import io.github.vqvae4j.tensor.Tensor;
import java.util.Arrays;

/**
 * The entropy term [1] of a softmax over codes: mean_n H(p_n) - H(mean_n p_n), with p_n =
 * softmax(x_n E^T / T). With P the mean and r_n = sum_k p_nk G_nk,
 *
 * <pre>
 * G_nk = ln P_k - ln p_nk,   dl_nk = p_nk (G_nk - r_n) / N,   dx = dl E / T,   dE = dl^T x / T
 * </pre>
 *
 * <p>Inputs: x [N, D] and E [K, D].
 *
 * @param temperature T
 * @param block the number of rows and codes of the blocks in which p is computed
 */
record SoftmaxCodeEntropy(double temperature, int block) implements CustomOperation {
  @Override
  public String name() {
    return "softmaxCodeEntropy";
  }

  @Override
  public Tensor forward(Tensor... inputs) {
    Entropies entropies = new Entropies(softmax(inputs), inputs);
    double term = Arrays.stream(entropies.ofRows).average().orElseThrow();
    term -= BinaryCodeEntropy.entropy(entropies.mean);
    return inputs[0].step().tensor(new double[] {term}, 1).to(inputs[0].dtype());
  }

  private CodeSoftmax softmax(Tensor... inputs) {
    return new CodeSoftmax(inputs[0], inputs[1], 1 / temperature, block);
  }

  /** The entropies of all rows, and the mean distribution. */
  private static final class Entropies {
    private final double[] ofRows;
    private final double[] mean;

    Entropies(CodeSoftmax softmax, Tensor... inputs) {
      ofRows = new double[(int) inputs[0].size(0)];
      mean = new double[(int) inputs[1].size(0)];
      softmax.forEach(
          (row, code, some, e, logP) -> {
            Tensor p = logP.exp();
            CodeSoftmax.addTo(ofRows, row, p.mul(logP).sum(1).neg());
            CodeSoftmax.addTo(mean, code, p.sum(0).div(ofRows.length));
          });
    }
  }

  @Override
  public Tensor[] backward(Tensor gradient, Tensor result, Tensor... inputs) {
    Tensor x = inputs[0];
    Tensor codebook = inputs[1];
    CodeSoftmax softmax = softmax(inputs);
    Entropies entropies = new Entropies(softmax, inputs);
    double[] logMean = Arrays.stream(entropies.mean).map(p -> p == 0 ? 0 : Math.log(p)).toArray();
    double[] r = entropies.ofRows;
    softmax.forEach(
        (row, code, some, e, logP) ->
            CodeSoftmax.addTo(r, row, logP.exp().matmul(CodeSoftmax.column(e, logMean, code))));
    double[] toX = new double[(int) x.length()];
    double[] toCodebook = new double[(int) codebook.length()];
    double factor = gradient.item() / r.length;
    softmax.addGradients(
        (row, code, e, logP) -> {
          Tensor logMeans = CodeSoftmax.column(e, logMean, code).reshape(1, -1);
          Tensor g = logMeans.sub(logP).sub(CodeSoftmax.column(logP, r, row));
          return logP.exp().mul(g).mul(factor);
        },
        toX,
        toCodebook);
    return new Tensor[] {
      x.step().tensor(toX, x.shape()).to(x.dtype()),
      x.step().tensor(toCodebook, codebook.shape()).to(x.dtype())
    };
  }
}
