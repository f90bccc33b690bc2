package io.github.vqvae4j.quantize;

import io.github.vqvae4j.random.Rng;
import io.github.vqvae4j.random.RngKey;
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
  /** About so many numbers of the vectors are on the heap at once. */
  private static final int CHUNK = 1 << 16;

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
   * @param vectors [n, D], those of each example one after another
   * @param chosen the code of each [n, D]
   * @param examples how many there are, which n is a multiple of
   */
  static Restarts of(
      VectorQuantizerConfig config,
      Variable codebook,
      double[] counts,
      Tensor vectors,
      Tensor chosen,
      int examples) {
    long draw = vectors.step().nextDraw();
    int wanted = indices(dead(counts, config.deadCodeThreshold())).length;
    if (wanted == 0) {
      return new Restarts(codebook);
    }
    double[] logarithms = logarithms(vectors, examples, draw);
    return new Restarts(codebook, candidates(vectors, chosen, wanted, logarithms));
  }

  /** Of a uniform number for each vector, which it has in whichever part of a batch it comes. */
  private static double[] logarithms(Tensor vectors, int examples, long draw) {
    RngKey key = vectors.step().key();
    double[] logarithms = new double[Math.toIntExact(vectors.size(0))];
    int each = logarithms.length / examples;
    for (int i = 0; i < examples; i++) {
      Rng rng = key.example(draw, i);
      for (int j = i * each; j < (i + 1) * each; j++) {
        logarithms[j] = Math.log(1 - rng.nextDouble());
      }
    }
    return logarithms;
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
  private static double[] candidates(
      Tensor vectors, Tensor chosen, int most, double... logarithms) {
    double[] keys = distances(vectors, chosen);
    int possible = 0;
    for (int i = 0; i < keys.length; i++) {
      possible += keys[i] > 0 ? 1 : 0;
      keys[i] = keys[i] > 0 ? logarithms[i] / keys[i] : Double.NEGATIVE_INFINITY;
    }
    if (possible == 0) {
      return new double[0];
    }
    int[] order = vectors.step().tensor(keys, keys.length).topK(possible, 0).indices().toInts();
    int d = Math.toIntExact(vectors.size(1));
    int wanted = Math.min(most, possible);
    double[] rows = new double[wanted * d];
    int count = 0;
    for (int i = 0; i < possible && count < wanted; i++) {
      double[] row = rows(vectors, order[i], 1);
      if (!contains(rows, count * d, row, 0, d)) {
        System.arraycopy(row, 0, rows, count++ * d, d);
      }
    }
    return Arrays.copyOf(rows, count * d);
  }

  /** Squared, of each vector from its code. */
  private static double[] distances(Tensor vectors, Tensor chosen) {
    int n = Math.toIntExact(vectors.size(0));
    int d = Math.toIntExact(vectors.size(1));
    double[] distances = new double[n];
    int atOnce = Math.max(1, CHUNK / d);
    for (int from = 0; from < n; from += atOnce) {
      int count = Math.min(atOnce, n - from);
      double[] some = rows(vectors, from, count);
      double[] codes = rows(chosen, from, count);
      for (int i = 0; i < some.length; i++) {
        double difference = some[i] - codes[i];
        distances[from + i / d] += difference * difference;
      }
    }
    return distances;
  }

  /** Some rows on the heap; of a step's memory they take none, but in gradient checks. */
  private static double[] rows(Tensor table, int from, int count) {
    if (table.dtype() == DType.DOUBLE) {
      return table.slice(0, from, from + count).toDoubles();
    }
    float[] floats = new float[count * Math.toIntExact(table.size(1))];
    table.read((long) from * table.size(1), floats, 0, floats.length);
    double[] doubles = new double[floats.length];
    for (int i = 0; i < floats.length; i++) {
      doubles[i] = floats[i];
    }
    return doubles;
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
