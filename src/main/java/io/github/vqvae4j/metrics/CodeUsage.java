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
 *
 * <p>Only the codes in use take memory, 12 bytes each, whatever K is.
 */
public final class CodeUsage {
  private final int codebookSize;

  /** The codes in use in ascending order. */
  private final int[] codes;

  /** How often each of them was selected, at least once. */
  private final long[] counts;

  private CodeUsage(int codebookSize, int[] codes, long... counts) {
    this.codebookSize = codebookSize;
    this.codes = codes;
    this.counts = counts;
  }

  /**
   * Returns an empty histogram.
   *
   * @param codebookSize K, at least 1
   * @return a histogram with all counts 0
   * @throws IllegalArgumentException if K is less than 1
   */
  public static CodeUsage empty(int codebookSize) {
    return of(new int[0], codebookSize);
  }

  /**
   * Counts codes. Missing codes, such as those of masked positions, are ignored.
   *
   * @param codes the codes, each from 0 to K - 1, or -1 if missing
   * @param codebookSize K, at least 1
   * @return the histogram
   * @throws IllegalArgumentException if a code is out of range, or K is less than 1
   */
  public static CodeUsage of(int[] codes, int codebookSize) {
    checkSize(codebookSize);
    for (int code : codes) {
      if (code < -1 || code >= codebookSize) {
        throw new IllegalArgumentException(
            "CodeUsage: expected codes from 0 to "
                + (codebookSize - 1)
                + ", or -1 for a missing code, got "
                + code
                + ". Pass the size of their codebook.");
      }
    }
    int[] sorted = codes.clone();
    Arrays.sort(sorted);
    Entries used = new Entries(sorted.length);
    for (int code : sorted) {
      if (code >= 0) {
        used.add(code, 1);
      }
    }
    return used.of(codebookSize);
  }

  private static void checkSize(int codebookSize) {
    if (codebookSize < 1) {
      throw new IllegalArgumentException(
          "CodeUsage: expected a codebook of at least 1 code, got "
              + codebookSize
              + ". Pass the size of the codebook.");
    }
  }

  /**
   * Returns a histogram of given counts.
   *
   * @param counts the number of uses of each code [K], each at least 0
   * @return the histogram
   * @throws IllegalArgumentException if a count is negative, or K is 0
   */
  public static CodeUsage ofCounts(long... counts) {
    checkSize(counts.length);
    if (Arrays.stream(counts).anyMatch(count -> count < 0)) {
      throw new IllegalArgumentException(
          "CodeUsage: expected counts of at least 0, got "
              + Arrays.stream(counts).min().orElse(0)
              + ". Pass the number of uses of each code.");
    }
    Entries used = new Entries((int) Arrays.stream(counts).filter(count -> count > 0).count());
    for (int code = 0; code < counts.length; code++) {
      if (counts[code] > 0) {
        used.add(code, counts[code]);
      }
    }
    return used.of(counts.length);
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
    if (other.codebookSize != codebookSize) {
      throw new IllegalArgumentException(
          "CodeUsage: expected usage of a codebook of "
              + codebookSize
              + " codes, got one of "
              + other.codebookSize
              + ". Combine only usages of the same codebook.");
    }
    Entries sums = new Entries(codes.length + other.codes.length);
    for (int i = 0, j = 0; i < codes.length || j < other.codes.length; ) {
      boolean fromThis = j == other.codes.length || i < codes.length && codes[i] <= other.codes[j];
      if (fromThis) {
        sums.add(codes[i], counts[i++]);
      } else {
        sums.add(other.codes[j], sign * other.counts[j++]);
      }
    }
    return sums.of(codebookSize);
  }

  /** Codes in ascending order with their counts. */
  private static final class Entries {
    private final int[] codes;
    private final long[] counts;
    private int size;

    Entries(int capacity) {
      codes = new int[capacity];
      counts = new long[capacity];
    }

    /** Adds to the count of a code, which is the last one or greater. */
    void add(int code, long count) {
      if (size == 0 || codes[size - 1] != code) {
        codes[size++] = code;
      }
      counts[size - 1] += count;
    }

    /** Returns the histogram, without counts of 0. */
    CodeUsage of(int codebookSize) {
      int used = 0;
      for (int i = 0; i < size; i++) {
        if (counts[i] != 0) {
          codes[used] = codes[i];
          counts[used++] = counts[i];
        }
      }
      return new CodeUsage(codebookSize, Arrays.copyOf(codes, used), Arrays.copyOf(counts, used));
    }
  }

  /**
   * Returns the histogram.
   *
   * @return a copy of the counts [K], 8 K bytes
   */
  public long[] counts() {
    long[] all = new long[codebookSize];
    for (int i = 0; i < codes.length; i++) {
      all[codes[i]] = counts[i];
    }
    return all;
  }

  /**
   * Returns the number of selections of all codes.
   *
   * @return the sum of the counts
   */
  public long total() {
    return Arrays.stream(counts).sum();
  }

  /**
   * Returns the size of the codebook.
   *
   * @return K
   */
  public int codebookSize() {
    return codebookSize;
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
    double total = total();
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
        codebookSize,
        perplexity());
  }
}
