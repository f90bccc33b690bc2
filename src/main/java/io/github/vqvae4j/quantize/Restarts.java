package io.github.vqvae4j.quantize;

import io.github.vqvae4j.random.Rng;
import io.github.vqvae4j.tensor.DType;
import io.github.vqvae4j.tensor.Tensor;
import io.github.vqvae4j.tensor.Variable;
import java.util.Arrays;
import java.util.stream.IntStream;

/**
 * What a batch may do for dead codes, which next to no vector is assigned to: they restart at
 * vectors of it.
 *
 * <p>Candidates are drawn in the pass, one after another, each in proportion to its squared
 * distance from its own code: drawn evenly, codes would gather where many vectors are alike and
 * well represented already. At commit the step's vectors may be gone, and so as many are copied as
 * this batch by itself leaves codes dead. A candidate where a code stands by then is passed over.
 * Dead codes that no candidate is left for stay where they are until a later step has one.
 *
 * <p>Several batches may make one step, all quantized with one codebook. The first that restarts
 * codes is the only one; from later ones is left out what was assigned to the codes' old places.
 */
final class Restarts {
  /** Vectors looked at together for one that is not a candidate yet. */
  private static final int CHUNK = 64;

  private final Variable codebook;
  private final double[] candidates;

  /** The codebook's {@link Variable#replacements} when the batch was quantized. */
  private final long since;

  private Restarts(Variable codebook, double... candidates) {
    this.codebook = codebook;
    this.candidates = candidates;
    since = codebook.replacements();
  }

  /**
   * Those of a batch.
   *
   * @param counts the average count of each code after it
   * @param vectors [n, D]
   * @param chosen the code of each [n, D]
   */
  static Restarts of(
      VectorQuantizerConfig config,
      Variable codebook,
      double[] counts,
      Tensor vectors,
      Tensor chosen,
      Rng rng) {
    int wanted = indices(dead(counts, config.restartBelow())).length;
    return wanted == 0
        ? new Restarts(codebook)
        : new Restarts(codebook, candidates(vectors, chosen, wanted, rng));
  }

  /** Whether the count of each code is below a share of the mean count. */
  static boolean[] dead(double[] counts, double share) {
    boolean[] dead = new boolean[counts.length];
    double least = share * mean(counts);
    for (int i = 0; i < counts.length; i++) {
      dead[i] = counts[i] < least;
    }
    return dead;
  }

  private static double mean(double... counts) {
    return Arrays.stream(counts).sum() / counts.length;
  }

  private static int[] indices(boolean... dead) {
    return IntStream.range(0, dead.length).filter(i -> dead[i]).toArray();
  }

  /**
   * At most so many vectors, no two of them equal, row by row. Those with the largest ln(u) /
   * distance, u uniform, are draws without replacement in their order (Efraimidis and Spirakis
   * 2006).
   */
  private static double[] candidates(Tensor vectors, Tensor chosen, int most, Rng rng) {
    double[] keys =
        vectors.to(DType.DOUBLE).sub(chosen.to(DType.DOUBLE)).square().sum(-1).toDoubles();
    int possible = 0;
    for (int i = 0; i < keys.length; i++) {
      double logarithm = Math.log(1 - rng.nextDouble());
      possible += keys[i] > 0 ? 1 : 0;
      keys[i] = keys[i] > 0 ? logarithm / keys[i] : Double.NEGATIVE_INFINITY;
    }
    if (possible == 0) {
      return new double[0];
    }
    Tensor order = vectors.step().tensor(keys, keys.length).topK(possible, 0).indices();
    int d = Math.toIntExact(vectors.size(1));
    int wanted = Math.min(most, possible);
    double[] rows = new double[wanted * d];
    int count = 0;
    int atOnce = Math.max(wanted, CHUNK);
    for (int from = 0; from < possible && count < wanted; from += atOnce) {
      Tensor places = order.slice(0, from, Math.min(possible, from + atOnce));
      double[] some = vectors.embedding(places).toDoubles();
      for (int row = 0; row < some.length && count < wanted; row += d) {
        if (!contains(rows, count * d, some, row, d)) {
          System.arraycopy(some, row, rows, count++ * d, d);
        }
      }
    }
    return Arrays.copyOf(rows, count * d);
  }

  /** Takes what was assigned to codes that restarted since out of a batch's counts and sums. */
  void leaveOutReplaced(double[] counts, double... sums) {
    for (int i = 0; i < counts.length; i++) {
      if (codebook.isReplaced(i, since)) {
        counts[i] = 0;
        if (sums != null) {
          int d = sums.length / counts.length;
          Arrays.fill(sums, i * d, (i + 1) * d, 0);
        }
      }
    }
  }

  /**
   * Moves dead codes to candidates, the first to the first that is left, unless codes restarted
   * since. They get the mean count, so that they can live.
   *
   * @param sums null for a codebook that has none
   */
  void move(boolean[] dead, double[] counts, double... sums) {
    if (candidates.length == 0 || codebook.replacements() > since) {
      return;
    }
    double mean = mean(counts);
    int[] codes = indices(dead);
    double[] table = codebook.toDoubles();
    int d = table.length / dead.length;
    double[] rows = new double[codes.length * d];
    int moved = 0;
    for (int from = 0; from < candidates.length && moved < codes.length; from += d) {
      if (!contains(table, table.length, candidates, from, d)) {
        int code = codes[moved];
        System.arraycopy(candidates, from, table, code * d, d);
        System.arraycopy(candidates, from, rows, moved * d, d);
        counts[code] = mean;
        for (int j = 0; sums != null && j < d; j++) {
          sums[code * d + j] = mean * candidates[from + j];
        }
        moved++;
      }
    }
    if (moved > 0) {
      codebook.replaceRows(Arrays.copyOf(codes, moved), Arrays.copyOf(rows, moved * d));
    }
  }

  /** Whether one of the first rows of a table equals a row of others. */
  private static boolean contains(double[] table, int length, double[] others, int from, int d) {
    for (int row = 0; row < length; row += d) {
      int j = 0;
      while (j < d && table[row + j] == others[from + j]) {
        j++;
      }
      if (j == d) {
        return true;
      }
    }
    return false;
  }
}
