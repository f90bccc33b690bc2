package io.github.vqvae4j.tensor.internal;

import java.util.function.IntFunction;

/**
 * Loops over native arrays in slices. Each slice is copied to the heap, where the JIT compiler
 * vectorizes the loop and the slice fits into the L1 cache, and the result is copied back.
 */
final class HeapSlices {
  /** The number of elements in a slice. */
  static final int LENGTH = 2048;

  /** Processes one slice, given its first element (or row) and its number of elements (or rows). */
  @FunctionalInterface
  interface Loop {
    void run(long first, int count);
  }

  private HeapSlices() {}

  /**
   * Runs a loop on all slices of n elements, on several threads if there is enough work.
   *
   * @param n the number of elements
   * @param cost the cost of an element in multiplications; 0 for a single thread
   * @param loops creates the loop of one thread, given the maximum length of a slice
   */
  static void run(long n, long cost, IntFunction<Loop> loops) {
    runRows(n, 1, cost, loops);
  }

  /**
   * Runs a loop on slices of whole rows: as many as fit, at least one.
   *
   * @param rows the number of rows
   * @param columns the number of elements in a row
   * @param cost the cost of an element in multiplications; 0 for a single thread
   * @param loops creates the loop of one thread, given the maximum number of elements in a slice
   */
  static void runRows(long rows, int columns, long cost, IntFunction<Loop> loops) {
    int rowsPerSlice = (int) Math.min(rows, Math.max(1, LENGTH / columns));
    int slices = Math.toIntExact((rows + rowsPerSlice - 1) / rowsPerSlice);
    int length = Math.multiplyExact(rowsPerSlice, columns);
    ParallelChunks.run(
        ParallelChunks.count(slices, rows * columns * cost),
        slices,
        (chunk, begin, end) -> {
          Loop loop = loops.apply(length);
          for (int slice = begin; slice < end; slice++) {
            long first = (long) slice * rowsPerSlice;
            loop.run(first, (int) Math.min(rowsPerSlice, rows - first));
          }
        });
  }
}
