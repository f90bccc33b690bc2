package io.github.vqvae4j.tensor.internal;

import java.util.function.IntFunction;

/**
 * Plain loops over native arrays, a slice at a time: copied to the heap, where a loop becomes
 * vector instructions and the slice stays in the first-level cache, and back.
 */
final class HeapSlices {
  /** Elements in a slice. */
  static final int LENGTH = 2048;

  /** Reads some elements, or whole rows, into heap arrays, computes, and writes. */
  @FunctionalInterface
  interface Loop {
    void run(long first, int count);
  }

  private HeapSlices() {}

  /**
   * Runs a loop on all slices of n elements, on several threads if that is worth it.
   *
   * @param cost of an element, in multiplications
   * @param loops makes the loop of one thread, with heap arrays of this length: that of the longest
   *     slice
   */
  static void run(long n, long cost, IntFunction<Loop> loops) {
    runRows(n, 1, cost, loops);
  }

  /**
   * Runs a loop on slices of whole rows: as many as fit, or one.
   *
   * @param columns elements of a row
   * @param loops is given a number of elements
   */
  static void runRows(long rows, int columns, long cost, IntFunction<Loop> loops) {
    int most = (int) Math.min(rows, Math.max(1, LENGTH / columns));
    int slices = Math.toIntExact((rows + most - 1) / most);
    int length = Math.multiplyExact(most, columns);
    Parts.run(
        Parts.of(slices, rows * columns * cost),
        slices,
        (part, begin, end) -> {
          Loop loop = loops.apply(length);
          for (int slice = begin; slice < end; slice++) {
            long first = (long) slice * most;
            loop.run(first, (int) Math.min(most, rows - first));
          }
        });
  }
}
