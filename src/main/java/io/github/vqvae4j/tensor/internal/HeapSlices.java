package io.github.vqvae4j.tensor.internal;

import java.util.function.IntFunction;

/**
 * Plain loops over native arrays, a slice at a time: copied to the heap, where a loop becomes
 * vector instructions and the slice stays in the first-level cache, and back.
 */
final class HeapSlices {
  /** Elements in a slice. */
  static final int LENGTH = 2048;

  /** Reads the elements from one on into heap arrays, computes, and writes. */
  @FunctionalInterface
  interface Loop {
    void run(long from, int length);
  }

  private HeapSlices() {}

  /**
   * Runs a loop on all slices, on several threads if that is worth it.
   *
   * @param n number of elements
   * @param cost of an element, in multiplications
   * @param loops makes the loop of one thread, with heap arrays of this length: that of the longest
   *     slice
   */
  static void run(long n, long cost, IntFunction<Loop> loops) {
    int slices = Math.toIntExact((n + LENGTH - 1) / LENGTH);
    Parts.run(
        Parts.of(slices, n * cost),
        slices,
        (part, first, end) -> {
          Loop loop = loops.apply((int) Math.min(LENGTH, n));
          for (int slice = first; slice < end; slice++) {
            long from = (long) slice * LENGTH;
            loop.run(from, (int) Math.min(LENGTH, n - from));
          }
        });
  }
}
