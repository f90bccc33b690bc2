package io.github.vqvae4j.quantize;

import io.github.vqvae4j.tensor.CustomOperation;
import io.github.vqvae4j.tensor.Tensor;

/**
 * The codebook vectors of codes, with the gradient of index backpropagation (Shi et al. 2024): that
 * of w E, where w has the value of the one-hot code and the gradient of p = softmax(x E^T).
 *
 * <pre>
 * h = dy E^T,   dl = p (h - sum_k p_k h_k),   dx = dl E,   dE = onehot^T dy + dl^T x
 * </pre>
 *
 * <p>Inputs: x [N, D], E [K, D] and codes [N]; result [N, D].
 *
 * @param block the number of rows and codes of the blocks in which p is computed
 */
record IndexBackpropagation(int block) implements CustomOperation {
  @Override
  public String name() {
    return "indexBackpropagation";
  }

  @Override
  public Tensor forward(Tensor... inputs) {
    return inputs[1].embedding(inputs[2]);
  }

  @Override
  public Tensor[] backward(Tensor gradient, Tensor result, Tensor... inputs) {
    Tensor x = inputs[0];
    Tensor codebook = inputs[1];
    CodeSoftmax softmax = new CodeSoftmax(x, codebook, 1, block);
    double[] means = new double[(int) x.size(0)]; // sum_k p_k h_k
    softmax.forEach(
        (row, code, some, e, logP) ->
            CodeSoftmax.addTo(means, row, logP.exp().mul(products(gradient, row, logP, e)).sum(1)));
    double[] toX = new double[(int) x.length()];
    double[] toCodebook = oneHotGradient(gradient, codebook, inputs[2].toInts());
    softmax.addGradients(
        (row, code, e, logP) -> {
          Tensor h = products(gradient, row, logP, e);
          return logP.exp().mul(h.sub(CodeSoftmax.column(h, means, row)));
        },
        toX,
        toCodebook);
    return new Tensor[] {
      x.step().tensor(toX, x.shape()).to(x.dtype()),
      x.step().tensor(toCodebook, codebook.shape()).to(x.dtype()),
      null
    };
  }

  /** Returns h of a block. */
  private static Tensor products(Tensor gradient, int row, Tensor block, Tensor e) {
    int end = row + (int) block.size(0);
    return CodeSoftmax.rows(e.step(), gradient, row, end).matmul(false, e, true);
  }

  private static double[] oneHotGradient(Tensor gradient, Tensor codebook, int... codes) {
    int d = (int) codebook.size(1);
    double[] dy = gradient.toDoubles();
    double[] sums = new double[(int) codebook.length()];
    for (int i = 0; i < dy.length; i++) {
      sums[codes[i / d] * d + i % d] += dy[i];
    }
    return sums;
  }
}
