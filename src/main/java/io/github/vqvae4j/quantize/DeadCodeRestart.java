package io.github.vqvae4j.quantize;

import io.github.vqvae4j.random.Rng;
import io.github.vqvae4j.random.RngKey;
import io.github.vqvae4j.tensor.DType;
import io.github.vqvae4j.tensor.Tensor;
import io.github.vqvae4j.tensor.Variable;
import java.util.Arrays;
import java.util.stream.IntStream;

/**
 * Restarts dead codes, to which hardly any latents are assigned, at latents of a batch.
 *
 * <p>Candidates are sampled during the pass without replacement, in proportion to their squared
 * distance from the assigned code. With uniform sampling, codes would accumulate where many latents
 * are similar and already well represented. The latents may have been released at commit, so the
 * pass copies as many candidates as there would be dead codes after this batch alone. Candidates
 * that are equal to an existing code at commit are skipped. Dead codes without a candidate remain
 * unchanged until a later step.
 *
 * <p>A step may consist of several batches, all quantized with the same codebook. Only the first
 * one with candidates restarts codes. For the later ones, the assignments to restarted codes are
 * discarded, since they refer to the old vectors.
 */
final class DeadCodeRestart {
  /** The approximate number of values copied to the heap at a time. */
  private static final int CHUNK = 1 << 16;

  private final Variable codebook;
  private final double[] candidates;

  /** The {@link Variable#replacementCount} of the codebook when the batch was quantized. */
  private final long replacements;

  private DeadCodeRestart(Variable codebook, double... candidates) {
    this.codebook = codebook;
    this.candidates = candidates;
    replacements = codebook.replacementCount();
  }

  /**
   * Samples the candidates of a batch.
   *
   * @param counts the average count of each code after this batch
   * @param latents the latents [n, D], grouped by example
   * @param selected the codebook vector of each latent [n, D]
   * @param examples the number of examples, a divisor of n
   */
  static DeadCodeRestart of(
      VectorQuantizerConfig config,
      Variable codebook,
      double[] counts,
      Tensor latents,
      Tensor selected,
      int examples) {
    long draw = latents.step().nextDraw();
    int deadCount = indices(deadCodes(counts, config.deadCodeThreshold())).length;
    if (deadCount == 0) {
      return new DeadCodeRestart(codebook);
    }
    double[] logarithms = logarithms(latents, examples, draw);
    return new DeadCodeRestart(codebook, candidates(latents, selected, deadCount, logarithms));
  }

  /**
   * Returns ln(u) of a uniform random value for each latent, independent of how a batch is divided.
   */
  private static double[] logarithms(Tensor latents, int examples, long draw) {
    RngKey key = latents.step().key();
    double[] logarithms = new double[Math.toIntExact(latents.size(0))];
    int perExample = logarithms.length / examples;
    for (int i = 0; i < examples; i++) {
      Rng rng = key.example(draw, i);
      for (int j = i * perExample; j < (i + 1) * perExample; j++) {
        logarithms[j] = Math.log(1 - rng.nextDouble());
      }
    }
    return logarithms;
  }

  /** Returns for each code whether its count is below a fraction of the mean count. */
  static boolean[] deadCodes(double[] counts, double threshold) {
    boolean[] dead = new boolean[counts.length];
    double minCount = threshold * mean(counts);
    for (int i = 0; i < counts.length; i++) {
      dead[i] = counts[i] < minCount;
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
   * Samples up to {@code max} distinct latents, in row-major order. Taking the largest values of
   * ln(u) / distance, with u uniform, is weighted sampling without replacement (Efraimidis and
   * Spirakis 2006).
   */
  private static double[] candidates(
      Tensor latents, Tensor selected, int max, double... logarithms) {
    double[] keys = distances(latents, selected);
    int candidateCount = 0;
    for (int i = 0; i < keys.length; i++) {
      candidateCount += keys[i] > 0 ? 1 : 0;
      keys[i] = keys[i] > 0 ? logarithms[i] / keys[i] : Double.NEGATIVE_INFINITY;
    }
    if (candidateCount == 0) {
      return new double[0];
    }
    int[] order =
        latents.step().tensor(keys, keys.length).topK(candidateCount, 0).indices().toInts();
    int d = Math.toIntExact(latents.size(1));
    int maxCount = Math.min(max, candidateCount);
    double[] rows = new double[maxCount * d];
    int count = 0;
    for (int i = 0; i < candidateCount && count < maxCount; i++) {
      double[] row = rows(latents, order[i], 1);
      if (!contains(rows, count * d, row, 0, d)) {
        System.arraycopy(row, 0, rows, count++ * d, d);
      }
    }
    return Arrays.copyOf(rows, count * d);
  }

  /** Returns the squared distance of each latent from its codebook vector. */
  private static double[] distances(Tensor latents, Tensor selected) {
    int n = Math.toIntExact(latents.size(0));
    int d = Math.toIntExact(latents.size(1));
    double[] distances = new double[n];
    int chunkSize = Math.max(1, CHUNK / d);
    for (int start = 0; start < n; start += chunkSize) {
      int count = Math.min(chunkSize, n - start);
      double[] chunk = rows(latents, start, count);
      double[] vectors = rows(selected, start, count);
      for (int i = 0; i < chunk.length; i++) {
        double difference = chunk[i] - vectors[i];
        distances[start + i / d] += difference * difference;
      }
    }
    return distances;
  }

  /** Copies rows to the heap. For FLOAT, this does not use memory of the step. */
  private static double[] rows(Tensor table, int start, int count) {
    if (table.dtype() == DType.DOUBLE) {
      return table.slice(0, start, start + count).toDoubles();
    }
    float[] floats = new float[count * Math.toIntExact(table.size(1))];
    table.read((long) start * table.size(1), floats, 0, floats.length);
    double[] doubles = new double[floats.length];
    for (int i = 0; i < floats.length; i++) {
      doubles[i] = floats[i];
    }
    return doubles;
  }

  /** Clears the counts and sums of codes that were restarted after the batch was quantized. */
  void discardReplaced(double[] counts, double... sums) {
    for (int i = 0; i < counts.length; i++) {
      if (codebook.isReplaced(i, replacements)) {
        counts[i] = 0;
        if (sums != null) {
          int d = sums.length / counts.length;
          Arrays.fill(sums, i * d, (i + 1) * d, 0);
        }
      }
    }
  }

  /**
   * Moves dead codes to candidates, in order, unless codes were restarted after the batch was
   * quantized. Restarted codes are assigned the mean count, so that they are not immediately dead
   * again.
   *
   * @param sums null for a codebook without sums
   */
  void apply(boolean[] dead, double[] counts, double... sums) {
    if (candidates.length == 0 || codebook.replacementCount() > replacements) {
      return;
    }
    double mean = mean(counts);
    int[] codes = indices(dead);
    double[] table = codebook.toDoubles();
    int d = table.length / dead.length;
    double[] rows = new double[codes.length * d];
    int restarted = 0;
    for (int offset = 0; offset < candidates.length && restarted < codes.length; offset += d) {
      if (!contains(table, table.length, candidates, offset, d)) {
        int code = codes[restarted];
        System.arraycopy(candidates, offset, table, code * d, d);
        System.arraycopy(candidates, offset, rows, restarted * d, d);
        counts[code] = mean;
        for (int j = 0; sums != null && j < d; j++) {
          sums[code * d + j] = mean * candidates[offset + j];
        }
        restarted++;
      }
    }
    if (restarted > 0) {
      codebook.replaceRows(Arrays.copyOf(codes, restarted), Arrays.copyOf(rows, restarted * d));
    }
  }

  /** Returns whether the first {@code length} values of a table contain a row of another array. */
  private static boolean contains(double[] table, int length, double[] other, int offset, int d) {
    for (int row = 0; row < length; row += d) {
      int j = 0;
      while (j < d && table[row + j] == other[offset + j]) {
        j++;
      }
      if (j == d) {
        return true;
      }
    }
    return false;
  }
}
