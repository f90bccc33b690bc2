package io.github.vqvae4j.quantize;

import io.github.vqvae4j.tensor.CustomOperation;
import io.github.vqvae4j.tensor.DType;
import io.github.vqvae4j.tensor.Step;
import io.github.vqvae4j.tensor.Tensor;
import java.util.Arrays;
import java.util.List;

/**
 * The entropy term [1] of binary codes from the log odds [N, d] of their bits: mean_n H(p_n) -
 * gamma H(P), with P = mean_n p_n. The probability p_n(c) of a code is the product of those of its
 * bits.
 *
 * <p>So H(p_n) is the sum of the entropies of the bits, ln(1 + e^-|l|) + |l| sigmoid(-|l|), with
 * the derivative -l sigmoid(l) sigmoid(-l). With the two halves of a code's bits, p_n(c) =
 * a_n(high) b_n(low), and P = A^T B / N is one matrix product instead of N 2^d probabilities.
 * Chunks of rows are added up. With W = -ln P - H(P), whose constant affects only the rounding of
 * the gradient,
 *
 * <pre>
 * dH(P)/dl_i = (sigmoid(-l_i) S_i - sigmoid(l_i) T_i) / N
 * </pre>
 *
 * <p>where S_i is the sum of W(c) p_n(c) over the codes whose bit i is 1, and T_i that over the
 * others. For high bits, it is first summed over the low ones, a (W b), and for low bits over the
 * high ones, b (W^T a). Bits are divided evenly into groups of at most {@code groupBits}, whose
 * entropies are added up.
 *
 * @param diversityWeight gamma
 * @param groupBits the greatest number of bits of a group
 */
record BinaryCodeEntropy(double diversityWeight, int groupBits) implements CustomOperation {
  /** The number of rows of a chunk; with 18 bits, a half of them has 2 MB. */
  private static final int ROWS = 1024;

  @Override
  public String name() {
    return "binaryCodeEntropy";
  }

  @Override
  public Tensor forward(Tensor... inputs) {
    double[] logOdds = inputs[0].toDoubles();
    double term = 0;
    for (double l : logOdds) {
      double size = Math.abs(l);
      term += Math.log1p(Math.exp(-size)) + size / (1 + Math.exp(size));
    }
    term /= inputs[0].size(0);
    for (Group group : groups(inputs[0], logOdds)) {
      term -= diversityWeight * entropy(group.mean());
    }
    return inputs[0].step().tensor(new double[] {term}, 1).to(inputs[0].dtype());
  }

  @Override
  public Tensor[] backward(Tensor gradient, Tensor result, Tensor... inputs) {
    Tensor x = inputs[0];
    double[] logOdds = x.toDoubles();
    double[] slopes = new double[logOdds.length];
    for (Group group : groups(x, logOdds)) {
      group.gradient(slopes);
    }
    for (int i = 0; i < slopes.length; i++) {
      double odds = Math.exp(-Math.abs(logOdds[i]));
      double ofRow = -logOdds[i] * odds / ((1 + odds) * (1 + odds)) / x.size(0);
      slopes[i] = ofRow - diversityWeight * slopes[i];
    }
    return new Tensor[] {x.step().tensor(slopes, x.shape()).to(x.dtype()).mul(gradient)};
  }

  private Group[] groups(Tensor x, double... logOdds) {
    int d = (int) x.size(-1);
    int count = (d + groupBits - 1) / groupBits;
    Group[] groups = new Group[diversityWeight == 0 ? 0 : count];
    Arrays.setAll(
        groups, i -> new Group(logOdds, d, d * i / count, d * (i + 1) / count, x.dtype()));
    return groups;
  }

  /** Returns -sum p ln p, where 0 ln 0 is 0. */
  static double entropy(double... p) {
    double entropy = 0;
    for (double probability : p) {
      entropy -= probability == 0 ? 0 : probability * Math.log(probability);
    }
    return entropy;
  }

  /** The bits from {@code start} to {@code end} of log odds [N, d]. */
  private record Group(double[] logOdds, int d, int start, int end, DType type) {
    private int rows() {
      return logOdds.length / d;
    }

    private int bits() {
      return end - start;
    }

    private int lowBits() {
      return bits() / 2;
    }

    /** Returns P; the code of bits b_i is sum_i b_i 2^i. */
    double[] mean() {
      double[] mean = new double[1 << bits()];
      for (int row = 0; row < rows(); row += ROWS) {
        try (Step step = Step.inference()) {
          Tensor odds = chunk(step, row);
          Tensor low = probabilities(odds, 0, lowBits());
          Tensor high = probabilities(odds, lowBits(), bits());
          double[] part = high.matmul(true, low, false).toDoubles();
          Arrays.setAll(mean, c -> mean[c] + part[c] / rows());
        }
      }
      return mean;
    }

    /** Sets the gradient of the entropy in this group's columns of a gradient [N, d]. */
    void gradient(double... total) {
      double[] p = mean();
      double entropy = entropy(p);
      Arrays.setAll(p, c -> p[c] == 0 ? 0 : -Math.log(p[c]) - entropy);
      for (int row = 0; row < rows(); row += ROWS) {
        try (Step step = Step.inference()) {
          Tensor w = step.tensor(p, 1L << (bits() - lowBits()), 1L << lowBits()).to(type);
          Tensor odds = chunk(step, row);
          Tensor low = probabilities(odds, 0, lowBits());
          Tensor high = probabilities(odds, lowBits(), bits());
          Tensor toLow = high.matmul(w).mul(low);
          Tensor toHigh = low.matmul(false, w, true).mul(high);
          put(total, row, slopes(odds, 0, lowBits(), toLow), 0);
          put(total, row, slopes(odds, lowBits(), bits(), toHigh), lowBits());
        }
      }
    }

    /** Returns the log odds of some rows, [n, bits]. */
    private Tensor chunk(Step step, int row) {
      int n = Math.min(ROWS, rows() - row);
      double[] values = new double[n * bits()];
      Arrays.setAll(values, i -> logOdds[(row + i / bits()) * d + start + i % bits()]);
      return step.tensor(values, n, bits()).to(type);
    }

    /** Returns the probabilities [n, 2^bits] of all values of the bits in a range. */
    private static Tensor probabilities(Tensor odds, int from, int to) {
      Tensor one = odds.sigmoid();
      Tensor zero = odds.neg().sigmoid();
      Tensor p = odds.slice(1, 0, 1).mul(0).add(1);
      for (int i = from; i < to; i++) {
        Tensor half = p;
        Tensor whole =
            Tensor.concat(
                1, List.of(half.mul(zero.slice(1, i, i + 1)), half.mul(one.slice(1, i, i + 1))));
        p = whole.release(half);
      }
      return p;
    }

    /** Returns the gradients [n, bits] from W p_n, summed over the other half [n, 2^bits]. */
    private double[] slopes(Tensor odds, int from, int to, Tensor weighted) {
      if (from == to) {
        return new double[0];
      }
      Tensor set = bitsOfCodes(odds.step(), to - from);
      Tensor ones = weighted.matmul(set);
      Tensor zeros = weighted.matmul(set.rsub(1));
      Tensor l = odds.slice(1, from, to);
      return l.neg().sigmoid().mul(ones).sub(l.sigmoid().mul(zeros)).div(rows()).toDoubles();
    }

    /** Returns the bits of all codes, [2^bits, bits]. */
    private Tensor bitsOfCodes(Step step, int bits) {
      double[] set = new double[bits << bits];
      Arrays.setAll(set, i -> (i / bits >> i % bits) & 1);
      return step.tensor(set, 1L << bits, bits).to(type);
    }

    private void put(double[] total, int row, double[] slopes, int from) {
      int width = slopes.length / Math.min(ROWS, rows() - row);
      for (int i = 0; i < slopes.length; i++) {
        total[(row + i / width) * d + start + from + i % width] = slopes[i];
      }
    }
  }
}
