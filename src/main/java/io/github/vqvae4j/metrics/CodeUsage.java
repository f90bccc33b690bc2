package io.github.vqvae4j.metrics;

import java.util.Arrays;
import java.util.Locale;

/**
 * The usage of a codebook: a histogram of how often each code was selected, in a batch, a window of
 * batches or a dataset.
 *
 * <pre>{@code
 * CodeUsage usage = CodeUsage.of(new int[] {0, 0, 1, 3}, 4);
 * usage.codesInUse();   // 3
 * usage.perplexity();   // 2.83
 * }</pre>
 */
public final class CodeUsage {
  private final long[] counts;

  private CodeUsage(long[] counts) {
    this.counts = counts;
  }

  /**
   * Returns an empty histogram.
   *
   * @param codebookSize K
   * @return a histogram with all counts 0
   */
  public static CodeUsage empty(int codebookSize) {
    return new CodeUsage(new long[codebookSize]);
  }

  /**
   * Counts codes. Missing codes, such as those of masked positions, are ignored.
   *
   * @param codes the codes, each from 0 to K - 1, or -1 if missing
   * @param codebookSize K
   * @return the histogram
   * @throws IllegalArgumentException if a code is out of range
   */
  public static CodeUsage of(int[] codes, int codebookSize) {
    long[] counts = new long[codebookSize];
    for (int code : codes) {
      if (code < -1 || code >= codebookSize) {
        throw new IllegalArgumentException(
            "CodeUsage: expected codes from 0 to "
                + (codebookSize - 1)
                + ", or -1 for a missing code, got "
                + code
                + ". Pass the size of their codebook.");
      }
      if (code >= 0) {
        counts[code]++;
      }
    }
    return new CodeUsage(counts);
  }

  /**
   * Returns a histogram of given counts.
   *
   * @param counts the number of uses of each code [K], each at least 0
   * @return the histogram
   * @throws IllegalArgumentException if a count is negative
   */
  public static CodeUsage ofCounts(long... counts) {
    if (Arrays.stream(counts).anyMatch(count -> count < 0)) {
      throw new IllegalArgumentException(
          "CodeUsage: expected counts of at least 0, got "
              + Arrays.stream(counts).min().orElse(0)
              + ". Pass the number of uses of each code.");
    }
    return new CodeUsage(counts.clone());
  }

  /**
   * Returns the sum of this histogram and another.
   *
   * @param other another histogram of the same codebook
   * @return the sums of the counts
   * @throws IllegalArgumentException if the codebook sizes differ
   */
  public CodeUsage plus(CodeUsage other) {
    return combine(other, 1);
  }

  /**
   * Returns the difference between this histogram and another.
   *
   * @param other a histogram that was added to this one
   * @return the differences of the counts
   * @throws IllegalArgumentException if the codebook sizes differ
   */
  public CodeUsage minus(CodeUsage other) {
    return combine(other, -1);
  }

  private CodeUsage combine(CodeUsage other, long sign) {
    if (other.counts.length != counts.length) {
      throw new IllegalArgumentException(
          "CodeUsage: expected usage of a codebook of "
              + counts.length
              + " codes, got one of "
              + other.counts.length
              + ". Combine only usages of the same codebook.");
    }
    long[] sums = counts.clone();
    for (int i = 0; i < sums.length; i++) {
      sums[i] += sign * other.counts[i];
    }
    return new CodeUsage(sums);
  }

  /**
   * Returns the histogram.
   *
   * @return a copy of the counts [K]
   */
  public long[] counts() {
    return counts.clone();
  }

  /**
   * Returns the size of the codebook.
   *
   * @return K
   */
  public int codebookSize() {
    return counts.length;
  }

  /**
   * Returns the number of codes that were selected at least once.
   *
   * @return the number of codes, from 0 to K
   */
  public int codesInUse() {
    return (int) Arrays.stream(counts).filter(count -> count > 0).count();
  }

  /**
   * Returns the perplexity, the effective number of codes: exp(-sum p ln p), with p the relative
   * frequency of each code.
   *
   * @return from 1, if only one code is used, to K, if all are equally frequent; 0 if the histogram
   *     is empty
   */
  public double perplexity() {
    double total = Arrays.stream(counts).sum();
    if (total == 0) {
      return 0;
    }
    double entropy = 0;
    for (long count : counts) {
      if (count > 0) {
        double p = count / total;
        entropy -= p * Math.log(p);
      }
    }
    return Math.exp(entropy);
  }

  @Override
  public String toString() {
    return String.format(
        Locale.ROOT,
        "%d of %d codes in use, perplexity %.1f",
        codesInUse(),
        counts.length,
        perplexity());
  }
}
