package io.github.vqvae4j.metrics;

import java.util.Arrays;
import java.util.Locale;

/**
 * How often each code of a codebook was chosen: in a batch, in a window of batches, in a data set.
 */
public final class CodeUsage {
  private final long[] counts;

  private CodeUsage(long[] counts) {
    this.counts = counts;
  }

  /**
   * Nothing counted yet.
   *
   * @param codebookSize K
   * @return all zeros
   */
  public static CodeUsage none(int codebookSize) {
    return new CodeUsage(new long[codebookSize]);
  }

  /**
   * Counts codes. Where there is none, as at a masked place, nothing is counted.
   *
   * @param codes each from 0 to K - 1, or -1 for none
   * @param codebookSize K
   * @return how often each was there
   * @throws IllegalArgumentException if a code is out of range
   */
  public static CodeUsage of(int[] codes, int codebookSize) {
    long[] counts = new long[codebookSize];
    for (int code : codes) {
      if (code < -1 || code >= codebookSize) {
        throw new IllegalArgumentException(
            "CodeUsage: expected codes from 0 to "
                + (codebookSize - 1)
                + ", or -1 for none, got "
                + code
                + ". Count them with the size of the codebook that they are of.");
      }
      if (code >= 0) {
        counts[code]++;
      }
    }
    return new CodeUsage(counts);
  }

  /**
   * Both together.
   *
   * @param other of the same codebook
   * @return the sums
   * @throws IllegalArgumentException if it is of a codebook of another size
   */
  public CodeUsage plus(CodeUsage other) {
    return combine(other, 1);
  }

  /**
   * This without a part of it.
   *
   * @param other counted here before
   * @return the differences
   * @throws IllegalArgumentException if it is of a codebook of another size
   */
  public CodeUsage minus(CodeUsage other) {
    return combine(other, -1);
  }

  private CodeUsage combine(CodeUsage other, long sign) {
    if (other.counts.length != counts.length) {
      throw new IllegalArgumentException(
          "CodeUsage: expected use of a codebook of "
              + counts.length
              + " codes, got one of "
              + other.counts.length
              + ". Only what is of one codebook can be added up.");
    }
    long[] sums = counts.clone();
    for (int i = 0; i < sums.length; i++) {
      sums[i] += sign * other.counts[i];
    }
    return new CodeUsage(sums);
  }

  /**
   * The histogram.
   *
   * @return how often each code was chosen, a copy
   */
  public long[] counts() {
    return counts.clone();
  }

  /**
   * The size of the codebook.
   *
   * @return K
   */
  public int codebookSize() {
    return counts.length;
  }

  /**
   * How many codes were chosen at all.
   *
   * @return from 0 to K
   */
  public int codesInUse() {
    return (int) Arrays.stream(counts).filter(count -> count > 0).count();
  }

  /**
   * The effective number of codes: exp(-sum p ln p), with p each code's share.
   *
   * @return from 1, if one code takes all, to K, if all are equally frequent; 0 if nothing was
   *     counted
   */
  public double perplexity() {
    double total = Arrays.stream(counts).sum();
    if (total == 0) {
      return 0;
    }
    double entropy = 0;
    for (long count : counts) {
      if (count > 0) {
        double share = count / total;
        entropy -= share * Math.log(share);
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
