package io.github.vqvae4j.quantize;

import io.github.vqvae4j.random.Rng;
import io.github.vqvae4j.tensor.DType;
import io.github.vqvae4j.tensor.Step;
import io.github.vqvae4j.tensor.Tensor;
import io.github.vqvae4j.tensor.Variable;
import java.util.Arrays;
import java.util.stream.IntStream;

/**
 * Dead codes, which next to no vector is assigned to, restart at vectors of the batch.
 *
 * <p>Candidates are drawn in the pass, one after another, each in proportion to its squared
 * distance from its own code: drawn evenly, codes would gather where many vectors are alike and
 * well represented already. They are needed at commit, when the step's vectors may be gone, and so
 * K of them are copied, if this batch alone leaves a code dead. A candidate where a code stands by
 * then, from before, since the update or since an equal candidate, is passed over. Dead codes that
 * no candidate is left for stay where they are until a later step has one.
 */
final class Restarts {
  private Restarts() {}

  /** Whether the count of each code is below a share of the mean count. */
  static boolean[] dead(double[] counts, double share) {
    boolean[] dead = new boolean[counts.length];
    double least = share * mean(counts);
    for (int i = 0; i < counts.length; i++) {
      dead[i] = counts[i] < least;
    }
    return dead;
  }

  static double mean(double... counts) {
    return Arrays.stream(counts).sum() / counts.length;
  }

  static boolean any(boolean... dead) {
    return indices(dead).length > 0;
  }

  private static int[] indices(boolean... dead) {
    return IntStream.range(0, dead.length).filter(i -> dead[i]).toArray();
  }

  /**
   * Draws vectors without replacement: those with the largest ln(u) / distance, u uniform, are such
   * draws in their order (Efraimidis and Spirakis 2006).
   *
   * @param vectors [n, D]
   * @param chosen the code of each [n, D]
   * @param most how many are wanted
   * @return rows, fewer where fewer lie beside their codes
   */
  static double[] candidates(Tensor vectors, Tensor chosen, int most, Rng rng) {
    if (most == 0) {
      return new double[0];
    }
    Step step = vectors.step();
    double[] keys =
        vectors.to(DType.DOUBLE).sub(chosen.to(DType.DOUBLE)).square().sum(-1).toDoubles();
    int possible = 0;
    for (int i = 0; i < keys.length; i++) {
      double logarithm = Math.log(1 - rng.nextDouble());
      possible += keys[i] > 0 ? 1 : 0;
      keys[i] = keys[i] > 0 ? logarithm / keys[i] : Double.NEGATIVE_INFINITY;
    }
    int count = Math.min(most, possible);
    if (count == 0) {
      return new double[0];
    }
    Tensor drawn = step.tensor(keys, keys.length).topK(count, 0).indices();
    return vectors.embedding(drawn).toDoubles();
  }

  /**
   * Moves dead codes to candidates, the first to the first that is left.
   *
   * @param candidates row by row
   * @return the codes that moved
   */
  static int[] move(Variable codebook, boolean[] dead, double... candidates) {
    int[] codes = indices(dead);
    if (codes.length == 0 || candidates.length == 0) {
      return new int[0];
    }
    double[] table = codebook.toDoubles();
    int d = table.length / dead.length;
    int moved = 0;
    for (int from = 0; from < candidates.length && moved < codes.length; from += d) {
      if (!contains(table, candidates, from, d)) {
        System.arraycopy(candidates, from, table, codes[moved++] * d, d);
      }
    }
    int[] restarted = Arrays.copyOf(codes, moved);
    double[] rows = new double[moved * d];
    for (int i = 0; i < moved; i++) {
      System.arraycopy(table, restarted[i] * d, rows, i * d, d);
    }
    if (moved > 0) {
      codebook.replaceRows(restarted, rows);
    }
    return restarted;
  }

  /** Whether a row of a table equals a candidate. */
  private static boolean contains(double[] table, double[] candidates, int from, int d) {
    for (int row = 0; row < table.length; row += d) {
      int j = 0;
      while (j < d && table[row + j] == candidates[from + j]) {
        j++;
      }
      if (j == d) {
        return true;
      }
    }
    return false;
  }
}
