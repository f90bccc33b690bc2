package io.github.vqvae4j.tensor.internal;

import java.util.Arrays;

/**
 * The allocated blocks of an arena and their sizes: a hash table with linear probing on primitive
 * arrays, which creates no objects.
 */
final class AllocationTable {
  /**
   * The addresses, 0 in empty slots. The length is a power of two; at most half of the slots are
   * used.
   */
  private long[] addresses = new long[256];

  private long[] sizes = new long[256];
  private int count;

  /** Adds a block. */
  void add(long address, long bytes) {
    if (2 * count == addresses.length) {
      grow();
    }
    int i = home(address);
    while (addresses[i] != 0) {
      i = next(i);
    }
    addresses[i] = address;
    sizes[i] = bytes;
    count++;
  }

  /** Removes a block and returns its size, or 0 if it is not allocated. */
  long remove(long address) {
    int i = home(address);
    while (addresses[i] != address) {
      if (addresses[i] == 0) {
        return 0;
      }
      i = next(i);
    }
    long bytes = sizes[i];
    count--;
    closeGap(i);
    return bytes;
  }

  /** Fills the gap at an index by shifting back subsequent entries. */
  private void closeGap(int gap) {
    int mask = addresses.length - 1;
    for (int i = next(gap); addresses[i] != 0; i = next(i)) {
      boolean reachesGap = (i - home(addresses[i]) & mask) >= (i - gap & mask);
      if (reachesGap) {
        addresses[gap] = addresses[i];
        sizes[gap] = sizes[i];
        gap = i;
      }
    }
    addresses[gap] = 0;
  }

  private void grow() {
    long[] oldAddresses = addresses;
    long[] oldSizes = sizes;
    addresses = new long[2 * oldAddresses.length];
    sizes = new long[addresses.length];
    count = 0;
    for (int i = 0; i < oldAddresses.length; i++) {
      if (oldAddresses[i] != 0) {
        add(oldAddresses[i], oldSizes[i]);
      }
    }
  }

  /** Ignores the low 6 bits, which are 0 because blocks are aligned to cache lines. */
  private int home(long address) {
    return (int) ((address >>> 6) * 0x9E3779B97F4A7C15L >>> 40) & addresses.length - 1;
  }

  private int next(int i) {
    return i + 1 & addresses.length - 1;
  }

  /** Removes all blocks. */
  void clear() {
    if (count > 0) {
      Arrays.fill(addresses, 0);
      count = 0;
    }
  }
}
