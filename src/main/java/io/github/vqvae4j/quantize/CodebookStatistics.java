package io.github.vqvae4j.quantize;

import io.github.vqvae4j.tensor.Tensor;
import java.util.Arrays;
import java.util.stream.IntStream;

/**
 * What a pass contributes to the update of a codebook: the number and the sum of the latents of
 * each code that was selected, and the candidates for restarts of dead codes. Only selected codes
 * take memory, as a codebook may be much larger than a batch. Immutable.
 */
final class CodebookStatistics {
  /** The indices of the selected codes, in ascending order. */
  private final int[] codes;

  /** n_i, the number of latents of each selected code. */
  private final double[] counts;

  /** The sums of the latents of each selected code, in row-major order; null without sums. */
  private final double[] sums;

  private final DeadCodeRestart restart;

  private CodebookStatistics(int[] codes, double[] counts, double[] sums, DeadCodeRestart restart) {
    this.codes = codes;
    this.counts = counts;
    this.sums = sums;
    this.restart = restart;
  }

  /**
   * Computes the statistics of a pass without sums.
   *
   * @param usage the number of latents of each code [K]
   * @param restart the candidates for restarts
   */
  static CodebookStatistics ofCounts(long[] usage, DeadCodeRestart restart) {
    int[] codes = selected(usage);
    double[] counts = Arrays.stream(codes).mapToDouble(code -> usage[code]).toArray();
    return new CodebookStatistics(codes, counts, null, restart);
  }

  /**
   * Computes the statistics of a pass.
   *
   * @param usage the number of latents of each code [K]
   * @param restart the candidates for restarts
   * @param latents the latents [n, D]
   * @param assigned the code of each latent [n], or {@link Codes#MISSING}
   */
  static CodebookStatistics of(
      long[] usage, DeadCodeRestart restart, Tensor latents, int... assigned) {
    CodebookStatistics counted = ofCounts(usage, restart);
    int[] positions = new int[usage.length];
    for (int i = 0; i < counted.codes.length; i++) {
      positions[counted.codes[i]] = i;
    }
    int[] segments = new int[assigned.length];
    int used = counted.codes.length;
    for (int i = 0; i < segments.length; i++) {
      segments[i] = assigned[i] == Codes.MISSING ? used : positions[assigned[i]];
    }
    Tensor segmentOfLatent = latents.step().tensor(segments, segments.length);
    double[] all = latents.segmentSum(segmentOfLatent, used + 1).toDoubles();
    double[] sums = Arrays.copyOf(all, all.length - (int) latents.size(1));
    return new CodebookStatistics(counted.codes, counted.counts, sums, restart);
  }

  private static int[] selected(long... usage) {
    return IntStream.range(0, usage.length).filter(code -> usage[code] > 0).toArray();
  }

  /**
   * Returns the statistics of two passes: sums of the counts and sums, and the best candidates.
   *
   * @param following the statistics of the following examples
   */
  CodebookStatistics merge(CodebookStatistics following) {
    int[] union = union(codes, following.codes);
    double[] mergedCounts = new double[union.length];
    double[] mergedSums =
        sums == null
            ? null
            : new double[union.length * Math.max(dimension(), following.dimension())];
    addTo(union, mergedCounts, mergedSums);
    following.addTo(union, mergedCounts, mergedSums);
    return new CodebookStatistics(
        union, mergedCounts, mergedSums, restart.merge(following.restart));
  }

  private int dimension() {
    return isEmpty() ? 0 : sums.length / codes.length;
  }

  /** Returns whether no code was selected. */
  boolean isEmpty() {
    return codes.length == 0;
  }

  /** Returns the values of two ascending arrays, in ascending order. */
  private static int[] union(int[] first, int[] second) {
    int[] union = new int[first.length + second.length];
    int size = 0;
    for (int i = 0, j = 0; i < first.length || j < second.length; size++) {
      boolean fromFirst = j == second.length || i < first.length && first[i] <= second[j];
      union[size] = fromFirst ? first[i] : second[j];
      i += i < first.length && first[i] == union[size] ? 1 : 0;
      j += j < second.length && second[j] == union[size] ? 1 : 0;
    }
    return Arrays.copyOf(union, size);
  }

  private void addTo(int[] union, double[] mergedCounts, double... mergedSums) {
    for (int i = 0, row = 0; i < codes.length; i++) {
      while (union[row] != codes[i]) {
        row++;
      }
      mergedCounts[row] += counts[i];
      for (int j = 0, d = sums == null ? 0 : dimension(); j < d; j++) {
        mergedSums[row * d + j] += sums[i * d + j];
      }
    }
  }

  /**
   * Updates the average counts in place: N_i = gamma N_i + (1 - gamma) n_i.
   *
   * @param averages N [K]
   * @param decay gamma
   */
  void updateCounts(double[] averages, double decay) {
    for (int i = 0; i < averages.length; i++) {
      averages[i] *= decay;
    }
    for (int i = 0; i < codes.length; i++) {
      averages[codes[i]] += (1 - decay) * counts[i];
    }
  }

  /**
   * Updates a chunk of the average sums in place: m_i = gamma m_i + (1 - gamma) (sum of latents).
   *
   * @param averages rows of m [K, D]
   * @param decay gamma
   */
  void updateSums(RowChunks averages, double decay) {
    double[] values = averages.values();
    int d = averages.width();
    for (int i = 0; i < averages.count() * d; i++) {
      values[i] *= decay;
    }
    int found = Arrays.binarySearch(codes, averages.start());
    int end = averages.start() + averages.count();
    for (int i = found < 0 ? -found - 1 : found; i < codes.length && codes[i] < end; i++) {
      int row = codes[i] - averages.start();
      for (int j = 0; j < d; j++) {
        values[row * d + j] += (1 - decay) * sums[i * d + j];
      }
    }
  }

  /** Returns the candidates for restarts. */
  DeadCodeRestart restart() {
    return restart;
  }
}
