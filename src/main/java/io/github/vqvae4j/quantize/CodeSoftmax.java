package io.github.vqvae4j.quantize;

import io.github.vqvae4j.tensor.DType;
import io.github.vqvae4j.tensor.Step;
import io.github.vqvae4j.tensor.Tensor;
import java.util.Arrays;

/**
 * The softmax over all codes of the dot products of rows [N, D] and codebook vectors [K, D], times
 * a factor. Its N K values are never held at once: they are computed again, in blocks of rows and
 * codes, whenever they are needed.
 */
final class CodeSoftmax {
  /** What is computed from each block, in a step of its own. */
  interface Visitor {
    /**
     * Receives a block.
     *
     * @param row the first of its n rows
     * @param code the first of its c codes
     * @param x the rows [n, D]
     * @param e the codebook vectors [c, D]
     * @param logP the logarithms of the probabilities [n, c]
     */
    void visit(int row, int code, Tensor x, Tensor e, Tensor logP);
  }

  private final Tensor x;
  private final Tensor codebook;
  private final double factor;
  private final int block;

  /** The greatest logit of each row. */
  private final double[] max;

  /** The logarithm of the sum of exp(logit - max) of each row. */
  private final double[] logSum;

  /** Creates the softmax, with blocks of so many rows and codes. */
  CodeSoftmax(Tensor x, Tensor codebook, double factor, int block) {
    this.x = x;
    this.codebook = codebook;
    this.factor = factor;
    this.block = block;
    max = new double[(int) x.size(0)];
    Arrays.fill(max, Double.NEGATIVE_INFINITY);
    logSum = new double[max.length];
    forEachBlock(x, codebook, block, this::addToSums);
    Arrays.setAll(logSum, row -> Math.log(logSum[row]));
  }

  private interface Products {
    void visit(int row, int code, Tensor x, Tensor e, Tensor products);
  }

  /** Visits all blocks of rows of the first block of codes, then those of the next. */
  private static void forEachBlock(Tensor x, Tensor codebook, int block, Products visitor) {
    int rows = (int) x.size(0);
    int codes = (int) codebook.size(0);
    for (int code = 0; code < codes; code += block) {
      for (int row = 0; row < rows; row += block) {
        try (Step step = Step.inference()) {
          Tensor some = rows(step, x, row, Math.min(rows, row + block));
          Tensor e = rows(step, codebook, code, Math.min(codes, code + block));
          visitor.visit(row, code, some, e, some.matmul(false, e, true));
        }
      }
    }
  }

  /** Returns the code of the greatest dot product of each row, the lowest of equal ones. */
  static int[] greatest(Tensor x, Tensor codebook, int block) {
    int[] codes = new int[(int) x.size(0)];
    double[] max = new double[codes.length];
    Arrays.fill(max, Double.NEGATIVE_INFINITY);
    forEachBlock(
        x,
        codebook,
        block,
        (row, code, some, e, products) -> {
          double[] blockMax = products.max(1).toDoubles();
          int[] blockCodes = products.argmax(1).toInts();
          for (int i = 0; i < blockMax.length; i++) {
            if (blockMax[i] > max[row + i]) {
              max[row + i] = blockMax[i];
              codes[row + i] = code + blockCodes[i];
            }
          }
        });
    return codes;
  }

  private void addToSums(int row, int code, Tensor some, Tensor e, Tensor products) {
    Tensor logits = products.mul(factor);
    Tensor greatest = logits.max(true, 1);
    double[] blockMax = greatest.toDoubles();
    double[] blockSum = logits.sub(greatest).exp().sum(1).toDoubles();
    for (int i = 0; i < blockMax.length; i++) {
      double both = Math.max(max[row + i], blockMax[i]);
      logSum[row + i] =
          logSum[row + i] * Math.exp(max[row + i] - both)
              + blockSum[i] * Math.exp(blockMax[i] - both);
      max[row + i] = both;
    }
  }

  /** Visits all blocks of rows of the first block of codes, then those of the next. */
  void forEach(Visitor visitor) {
    forEachBlock(
        x,
        codebook,
        block,
        (row, code, some, e, products) -> {
          Tensor shifted = products.mul(factor).sub(column(products, max, row));
          visitor.visit(row, code, some, e, shifted.sub(column(products, logSum, row)));
        });
  }

  /**
   * Adds the gradient of a function of the probabilities to those of x and the codebook.
   *
   * @param toLogits computes the gradient of a block's logits
   */
  void addGradients(ToLogits toLogits, double[] toX, double... toCodebook) {
    forEach(
        (row, code, some, e, logP) -> {
          Tensor dl = toLogits.of(row, code, e, logP).mul(factor);
          addTo(toX, row, dl.matmul(e));
          addTo(toCodebook, code, dl.matmul(true, some, false));
        });
  }

  /** The gradient of the logits of a block, before the factor. */
  interface ToLogits {
    Tensor of(int row, int code, Tensor e, Tensor logP);
  }

  /** Returns values of the rows of a block, from values of all rows, [n, 1]. */
  static Tensor column(Tensor block, double[] values, int row) {
    int n = (int) block.size(0);
    double[] part = Arrays.copyOfRange(values, row, row + n);
    return block.step().tensor(part, n, 1).to(block.dtype());
  }

  /** Adds [n] or [n, D] to the rows from one on. */
  static void addTo(double[] sums, int row, Tensor addends) {
    double[] values = addends.toDoubles();
    int offset = row * (values.length / (int) addends.size(0));
    for (int i = 0; i < values.length; i++) {
      sums[offset + i] += values[i];
    }
  }

  /** Copies rows of a tensor [.., D] to another step. */
  static Tensor rows(Step step, Tensor table, int from, int to) {
    int d = (int) table.size(1);
    if (table.dtype() == DType.DOUBLE) {
      return step.tensor(table.slice(0, from, to).toDoubles(), to - from, d);
    }
    float[] values = new float[(to - from) * d];
    table.read((long) from * d, values, 0, values.length);
    return step.tensor(values, to - from, d);
  }
}
