package io.github.vqvae4j.tensor.internal;

import java.util.Arrays;

/**
 * The slots of an arena that are in use, with their sizes: a hash table of numbers, which makes no
 * object for an array that is allocated. An address is at its hash or after it, with no gap
 * between.
 */
final class TakenSlots {
  /** 0 where there is none; a power of two of them, at most half of them used. */
  private long[] addresses = new long[256];

  private long[] sizes = new long[256];
  private int count;

  /** Takes in a slot that is in use from now on. */
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

  /** Removes a slot; returns its size, or 0 if it is not in use. */
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
    fill(i);
    return bytes;
  }

  /** Closes the gap at an index by what may stand there. */
  private void fill(int gap) {
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
    long[] before = addresses;
    long[] sizesBefore = sizes;
    addresses = new long[2 * before.length];
    sizes = new long[addresses.length];
    count = 0;
    for (int i = 0; i < before.length; i++) {
      if (before[i] != 0) {
        add(before[i], sizesBefore[i]);
      }
    }
  }

  /** Slots lie a cache line apart at least, so their last bits say nothing. */
  private int home(long address) {
    return (int) ((address >>> 6) * 0x9E3779B97F4A7C15L >>> 40) & addresses.length - 1;
  }

  private int next(int i) {
    return i + 1 & addresses.length - 1;
  }

  /** Forgets all slots. */
  void clear() {
    if (count > 0) {
      Arrays.fill(addresses, 0);
      count = 0;
    }
  }
}
