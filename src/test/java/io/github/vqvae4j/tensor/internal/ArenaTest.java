package io.github.vqvae4j.tensor.internal;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.vqvae4j.tensor.DType;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.nd4j.linalg.api.ndarray.INDArray;

/** Allocation, release and reuse of arena memory. */
class ArenaTest {
  private static final DType FLOAT = DType.FLOAT;

  private static long address(INDArray array) {
    return array.data().pointer().address();
  }

  @Test
  void allocationsAreAlignedAndDisjoint() {
    Arena arena = Arena.acquire();
    List<INDArray> arrays = new ArrayList<>();
    for (int i = 1; i < 50; i++) {
      DType dtype = i % 2 == 0 ? FLOAT : DType.DOUBLE;
      INDArray array = arena.allocate(dtype, i % 7 + 1, i);
      assertEquals(0, address(array) % 64);
      HeapCopy.write(filled((int) array.length(), i), array);
      arrays.add(array);
    }
    for (int i = 1; i < 50; i++) {
      INDArray array = arrays.get(i - 1);
      assertArrayEquals(filled((int) array.length(), i), HeapCopy.doublesOf(array));
    }
    arena.recycle();
  }

  private static double[] filled(int length, double value) {
    double[] values = new double[length];
    Arrays.fill(values, value);
    return values;
  }

  @Test
  void repeatedAllocationsReturnCachedArrays() {
    Arena arena = Arena.acquire();
    INDArray first = arena.allocate(FLOAT, 3, 5);
    INDArray view = arena.view(first, FLOAT, 15);
    arena.recycle();
    Arena again = Arena.acquire();
    assertSame(arena, again);
    assertSame(first, again.allocate(FLOAT, 3, 5));
    assertSame(view, again.view(first, FLOAT, 15));
    again.recycle();
  }

  @Test
  void nestedStepsUseDifferentArenas() {
    Arena outer = Arena.acquire();
    Arena inner = Arena.acquire();
    assertNotSame(outer, inner);
    inner.recycle();
    outer.recycle();
  }

  @Test
  void releasedMemoryIsReusedForTheSameSize() {
    Arena arena = Arena.acquire();
    INDArray released = arena.allocate(FLOAT, 4, 8);
    arena.release(arena.view(released, FLOAT, 32));
    assertNotEquals(address(released), address(arena.allocate(FLOAT, 33)), "33 floats do not fit");
    assertEquals(
        address(released), address(arena.allocate(DType.DOUBLE, 16)), "same size in bytes");
    assertNotEquals(
        address(released), address(arena.allocate(FLOAT, 32)), "already allocated again");
    arena.recycle();
  }

  @Test
  void recyclingClearsTheFreeList() {
    Arena arena = Arena.acquire();
    INDArray first = arena.allocate(FLOAT, 16);
    arena.release(first);
    arena.recycle();
    Arena again = Arena.acquire();
    INDArray second = again.allocate(FLOAT, 16);
    INDArray third = again.allocate(FLOAT, 16);
    assertNotEquals(address(second), address(third));
    again.recycle();
  }

  @Test
  void arraysMayBeLargerThanAChunk() {
    Arena arena = Arena.acquire();
    INDArray small = arena.allocate(FLOAT, 5);
    INDArray large = arena.allocate(FLOAT, 5 << 20);
    HeapCopy.write(filled(5, 1), small);
    HeapCopy.write(filled(5 << 20, 2), large);
    assertArrayEquals(filled(5, 1), HeapCopy.doublesOf(small));
    arena.recycle();
  }

  @Test
  void partialViewsShareMemory() {
    Arena arena = Arena.acquire();
    INDArray array = arena.allocate(FLOAT, 3, 2);
    HeapCopy.write(new double[] {1, 2, 3, 4, 5, 6}, array);
    INDArray slice = arena.view(array, 2, FLOAT, 2, 2);
    assertArrayEquals(new double[] {3, 4, 5, 6}, HeapCopy.doublesOf(slice));
    arena.recycle();
  }

  @Test
  void callersMayModifyTheShapeArray() {
    Arena arena = Arena.acquire();
    long[] shape = {2, 1013}; // a shape that no other test uses, since arrays are cached
    INDArray array = arena.allocate(FLOAT, shape);
    shape[0] = 1;
    assertArrayEquals(new long[] {2, 1013}, array.shape());
    arena.recycle();
    Arena again = Arena.acquire();
    assertSame(array, again.allocate(FLOAT, 2, 1013));
    again.recycle();
  }

  @Test
  void invalidReleasesAreRejected() {
    Arena arena = Arena.acquire();
    INDArray array = arena.allocate(FLOAT, 4, 8);
    INDArray slice = arena.view(array, 16, FLOAT, 16);
    assertThrows(IllegalStateException.class, () -> arena.release(slice));
    arena.release(array);
    INDArray view = arena.view(array, FLOAT, 32);
    String message =
        assertThrows(IllegalStateException.class, () -> arena.release(view)).getMessage();
    assertEquals(
        "Arena.release: expected an allocated array, got one of shape [32] that is not from this"
            + " arena or was already released.",
        message);
    Arena other = Arena.acquire();
    INDArray foreign = other.allocate(FLOAT, 32);
    assertThrows(IllegalStateException.class, () -> arena.release(foreign));
    assertNotEquals(
        address(arena.allocate(FLOAT, 4, 8)), address(arena.allocate(FLOAT, 4, 8)), "one block");
    other.recycle();
    arena.recycle();
  }

  @Test
  void adjacentBlocksAreMergedForLargerArrays() {
    Arena arena = Arena.acquire();
    INDArray[] arrays = new INDArray[5];
    for (int i = 0; i < arrays.length; i++) {
      arrays[i] = arena.allocate(FLOAT, 16);
    }
    arena.release(arrays[3]);
    arena.release(arrays[0]);
    arena.release(arrays[1]);
    assertEquals(address(arrays[0]), address(arena.allocate(FLOAT, 32)));
    assertEquals(address(arrays[3]), address(arena.allocate(FLOAT, 16)));
    assertEquals(5 * 64, arena.usedBytes());
    arena.recycle();
  }

  /** The best-fitting run is split; its remainder stays free. */
  @Test
  void blocksAreSplitForSmallerArrays() {
    Arena arena = Arena.acquire();
    INDArray large = arena.allocate(FLOAT, 160);
    arena.allocate(FLOAT, 16);
    INDArray small = arena.allocate(FLOAT, 48);
    arena.allocate(FLOAT, 16);
    arena.release(large);
    arena.release(small);
    assertEquals(address(small), address(arena.allocate(FLOAT, 32)));
    assertEquals(address(small) + 128, address(arena.allocate(FLOAT, 16)));
    assertEquals(address(large), address(arena.allocate(FLOAT, 32)));
    assertEquals(address(large) + 128, address(arena.allocate(FLOAT, 128)));
    arena.recycle();
  }

  @Test
  void growingSequencesReuseReleasedMemory() {
    Arena arena = Arena.acquire();
    long maxBytes = 500 * 3 * 4 * 4;
    for (int pass = 0; pass < 5; pass++) {
      INDArray last = arena.allocate(FLOAT, 3, 1, 4);
      for (int length = 2; length <= 500; length++) {
        INDArray scratch = arena.allocate(FLOAT, length);
        INDArray next = arena.allocate(FLOAT, 3, length, 4);
        arena.release(last);
        arena.release(scratch);
        last = next;
      }
      arena.release(last);
      // Two lengths are in use at a time.
      assertTrue(arena.usedBytes() < 5 * maxBytes, () -> arena.usedBytes() + " of " + maxBytes);
    }
    arena.recycle();
  }

  /** Random allocations and releases: allocated arrays are disjoint and aligned. */
  @Test
  void allocatedArraysNeverOverlap() {
    long seed = System.nanoTime();
    Random random = new Random(seed);
    Arena arena = Arena.acquire();
    TreeMap<Long, Long> allocated = new TreeMap<>();
    List<INDArray> arrays = new ArrayList<>();
    long maxBytes = 0;
    long bytes = 0;
    for (int i = 0; i < 5000; i++) {
      if (random.nextInt(100) < 45 && !arrays.isEmpty()) {
        INDArray released = arrays.remove(random.nextInt(arrays.size()));
        bytes -= allocated.remove(address(released));
        arena.release(released);
      } else {
        // Some are larger than a chunk.
        int size = random.nextInt(500) == 0 ? 5 << 20 : 1 + random.nextInt(1 << random.nextInt(15));
        INDArray array = arena.allocate(FLOAT, size);
        long end = address(array) + 4L * size;
        Long next = allocated.ceilingKey(address(array));
        Map.Entry<Long, Long> before = allocated.lowerEntry(address(array));
        assertEquals(0, address(array) % 64, "seed " + seed);
        assertTrue(next == null || next >= end, "seed " + seed);
        assertTrue(
            before == null || before.getKey() + before.getValue() <= address(array),
            "seed " + seed);
        allocated.put(address(array), 4L * size);
        arrays.add(array);
        bytes += 4L * size;
        maxBytes = Math.max(maxBytes, bytes);
      }
    }
    assertTrue(arena.usedBytes() >= maxBytes, "seed " + seed);
    arena.recycle();
  }

  /** No block has the requested size, so each request scans all blocks. */
  @Test
  void requestsAreFastWithManyFreeBlocks() {
    FreeList freeList = new FreeList();
    int blocks = 20_000;
    for (int i = 0; i < blocks; i++) {
      long index = (long) i * 7919 % blocks; // shuffled, no two adjacent
      freeList.add((1 + index) << 12, 128 + (index == 17 ? 128 : 0));
    }
    // Takes 0.06 s; a lookup of each block in the other order would take more than 5 s.
    assertTimeoutPreemptively(
        Duration.ofSeconds(5),
        () -> {
          for (int i = 0; i < 1000; i++) {
            assertEquals(0, freeList.remove(1 << 12));
          }
        });
    assertEquals(18L << 12, freeList.remove(256));
    freeList.add(18L << 12, 256);
    assertEquals(18L << 12, freeList.remove(192));
    assertEquals((18L << 12) + 192, freeList.remove(64));
  }

  /** Compares random requests with a model, a bit set of free 64-byte units. */
  @Test
  void removedBlocksWereFree() {
    long seed = System.nanoTime();
    Random random = new Random(seed);
    FreeList freeList = new FreeList();
    BitSet free = new BitSet();
    List<long[]> allocated = new ArrayList<>();
    for (int i = 0; i < 3000; i++) {
      allocated.add(
          new long[] {i == 0 ? 1 : allocated.get(i - 1)[0] + allocated.get(i - 1)[1], 1 + i % 5});
    }
    for (int i = 0; i < 20_000; i++) {
      if (!allocated.isEmpty() && random.nextInt(100) < (i < 5000 ? 70 : 50)) {
        long[] block = allocated.remove(random.nextInt(allocated.size()));
        free.set((int) block[0], (int) (block[0] + block[1]));
        freeList.add(block[0] * 64, block[1] * 64);
        continue;
      }
      int units = 1 + random.nextInt(random.nextInt(4) == 0 ? 40 : 5);
      int begin = (int) (freeList.remove(units * 64L) / 64);
      if (begin == 0) {
        assertTrue(longestRun(free) < units, "seed " + seed);
      } else {
        assertEquals(begin + units, Math.min(free.nextClearBit(begin), begin + units), "" + seed);
        free.clear(begin, begin + units);
        allocated.add(new long[] {begin, units});
      }
    }
  }

  private static int longestRun(BitSet free) {
    int longest = 0;
    for (int i = free.nextSetBit(0); i >= 0; i = free.nextSetBit(free.nextClearBit(i))) {
      longest = Math.max(longest, free.nextClearBit(i) - i);
    }
    return longest;
  }
}
