package io.github.vqvae4j.train;

import io.github.vqvae4j.io.NamedArray;
import io.github.vqvae4j.metrics.CodeUsage;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;

/** The usage of a codebook in several batches as an array [batches, K] of counts. */
final class UsageArrays {
  /** The counts of one of several arrays of a file, 1 GB. */
  private static final long MAX_LENGTH = 1L << 27;

  private UsageArrays() {}

  /**
   * Returns the array.
   *
   * @throws IllegalStateException if it would be too long
   */
  static NamedArray of(List<CodeUsage> batches, int codebookSize) {
    long length = (long) batches.size() * codebookSize;
    if (length > MAX_LENGTH) {
      throw new IllegalStateException(
          "A checkpoint contains the usage of each code in "
              + batches.size()
              + " steps, too much for a codebook of "
              + codebookSize
              + " codes. Save the model by saveBest(..), or use fewer codes.");
    }
    long[] counts = new long[(int) length];
    for (int i = 0; i < batches.size(); i++) {
      System.arraycopy(batches.get(i).counts(), 0, counts, i * codebookSize, codebookSize);
    }
    return NamedArray.of(counts, batches.size(), codebookSize);
  }

  /**
   * Returns the usage in each batch.
   *
   * @param array counts of type I64 [batches, K]
   * @throws IllegalArgumentException if a count is negative, or K is 0
   */
  static List<CodeUsage> batches(NamedArray array) {
    long[] counts = array.longs();
    int batches = (int) array.shape()[0];
    int codebookSize = (int) array.shape()[1];
    return IntStream.range(0, batches)
        .mapToObj(
            i ->
                CodeUsage.ofCounts(
                    Arrays.copyOfRange(counts, i * codebookSize, (i + 1) * codebookSize)))
        .toList();
  }
}
