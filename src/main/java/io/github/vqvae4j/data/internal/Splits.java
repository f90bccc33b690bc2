package io.github.vqvae4j.data.internal;

import io.github.vqvae4j.io.Counts;
import io.github.vqvae4j.random.Rng;
import io.github.vqvae4j.random.RngStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;

/**
 * The indices of the views {@code Source.range}, {@code Source.select} and {@code Source.split}.
 */
public final class Splits {
  private Splits() {}

  /**
   * Returns the indices of a range of examples.
   *
   * @param size the number of examples
   * @param from the index of the first example
   * @param to the index after the last example
   * @return the indices
   * @throws IllegalArgumentException unless {@code 0 <= from <= to <= size}
   */
  public static int[] range(int size, int from, int to) {
    if (from < 0 || from > to || to > size) {
      throw new IllegalArgumentException(
          "got the range from "
              + from
              + " to "
              + to
              + ", expected 0 <= from <= to <= "
              + size
              + ", the number of examples; correct the range");
    }
    return IntStream.range(from, to).toArray();
  }

  /**
   * Returns a copy of the indices of selected examples.
   *
   * @param size the number of examples
   * @param indices the indices
   * @return the indices
   * @throws IllegalArgumentException if an index is not from 0 to {@code size - 1}
   */
  public static int[] select(int size, int... indices) {
    for (int index : indices) {
      if (index < 0 || index >= size) {
        throw new IllegalArgumentException(
            "got example index "
                + index
                + ", expected at least 0 and less than "
                + size
                + ", the number of examples; correct the index");
      }
    }
    return indices.clone();
  }

  /**
   * Splits examples at random; see {@code Source.split}.
   *
   * @param size the number of examples
   * @param seed the seed
   * @param fractions the fraction of each part
   * @return the indices of each part, in increasing order
   * @throws IllegalArgumentException if a fraction is not above 0, their sum is above 1, or a part
   *     would be empty
   */
  public static List<int[]> split(int size, long seed, double... fractions) {
    int[] order = Permutation.random(size, Rng.at(seed, RngStream.SPLIT));
    List<int[]> parts = new ArrayList<>();
    int start = 0;
    for (int end : ends(size, fractions)) {
      int[] indices = Arrays.copyOfRange(order, start, end);
      Arrays.sort(indices);
      parts.add(indices);
      start = end;
    }
    return parts;
  }

  /**
   * Returns the end of each part; if the fractions do not add up to 1, the last part contains the
   * remaining examples.
   */
  private static int[] ends(int size, double... fractions) {
    double sum = Arrays.stream(fractions).sum();
    boolean complete = Math.abs(sum - 1) < 1e-9;
    int[] ends = new int[fractions.length + (complete ? 0 : 1)];
    double covered = 0;
    boolean empty = fractions.length == 0;
    for (int i = 0; i < ends.length; i++) {
      boolean last = i == ends.length - 1;
      covered += last ? 0 : fractions[i];
      ends[i] = last ? size : (int) Math.round(covered * size);
      empty |= ends[i] <= (i == 0 ? 0 : ends[i - 1]);
    }
    if (!(sum < 1 || complete) || Arrays.stream(fractions).anyMatch(f -> !(f > 0)) || empty) {
      throw new IllegalArgumentException(
          "got the fractions "
              + Arrays.toString(fractions)
              + " for "
              + Counts.of(size, "example")
              + ", expected one or more above 0 with a sum of at most 1, and at least one example in"
              + " every part; correct the fractions, or use more examples");
    }
    return ends;
  }
}
