package io.github.vqvae4j.tensor.internal;

import java.util.Arrays;

/**
 * The free list of an arena: its released blocks. A request receives the most recently released
 * block of the same size, which may still be in cache; otherwise, part of the smallest sufficiently
 * large run of adjacent blocks.
 *
 * <p>Requests of different sizes, such as those for a growing sequence, therefore need no new
 * memory, and no block is larger than its array. Size classes (eight per octave) would also avoid
 * new memory, but they waste 6% of each array on average and up to 12.5%, and a sequence that grows
 * to n bytes, with two lengths in use at a time, leaves 24 n bytes of free blocks; this free list
 * leaves 3 n to 5 n.
 *
 * <p>A step has hundreds, sometimes thousands, of blocks. Two sets of arrays, in release order and
 * in address order, are faster than maps, which allocate an object per entry: a request is one
 * linear scan.
 */
final class FreeList {
  /** The blocks in release order. */
  private long[] addresses = new long[64];

  private long[] sizes = new long[64];

  /** The same blocks in address order. */
  private long[] starts = new long[64];

  private long[] lengths = new long[64];
  private int count;
  private long total;

  /** Adds a block. */
  void add(long address, long bytes) {
    if (count == sizes.length) {
      addresses = Arrays.copyOf(addresses, 2 * count);
      sizes = Arrays.copyOf(sizes, 2 * count);
      starts = Arrays.copyOf(starts, 2 * count);
      lengths = Arrays.copyOf(lengths, 2 * count);
    }
    addresses[count] = address;
    sizes[count] = bytes;
    int index = -1 - Arrays.binarySearch(starts, 0, count, address);
    System.arraycopy(starts, index, starts, index + 1, count - index);
    System.arraycopy(lengths, index, lengths, index + 1, count - index);
    starts[index] = address;
    lengths[index] = bytes;
    count++;
    total += bytes;
  }

  /** Removes a block of {@code bytes} bytes and returns its address, or 0 if there is none. */
  long remove(long bytes) {
    if (bytes > total) {
      return 0;
    }
    for (int i = count - 1; i >= 0; i--) {
      if (sizes[i] == bytes) {
        long address = addresses[i];
        removeAt(i);
        return address;
      }
    }
    int run = smallestRun(bytes);
    return run < 0 ? 0 : removeFromRun(run, bytes);
  }

  private void removeAt(int i) {
    int index = Arrays.binarySearch(starts, 0, count, addresses[i]);
    total -= sizes[i];
    System.arraycopy(addresses, i + 1, addresses, i, count - i - 1);
    System.arraycopy(sizes, i + 1, sizes, i, count - i - 1);
    removeByAddress(index, index + 1);
    count--;
  }

  private void removeByAddress(int from, int to) {
    System.arraycopy(starts, to, starts, from, count - to);
    System.arraycopy(lengths, to, lengths, from, count - to);
  }

  /**
   * Returns the index in address order of the first block of the smallest run of at least {@code
   * bytes} bytes, or -1.
   */
  private int smallestRun(long bytes) {
    int best = -1;
    long bestSize = Long.MAX_VALUE;
    int i = 0;
    while (i < count) {
      int first = i;
      long end = starts[i];
      while (i < count && starts[i] == end) {
        end += lengths[i++];
      }
      long size = end - starts[first];
      if (size >= bytes && size < bestSize) {
        best = first;
        bestSize = size;
      }
    }
    return best;
  }

  /**
   * Removes {@code bytes} bytes from the start of a run and returns their address. The remainder of
   * the last block stays free.
   */
  private long removeFromRun(int first, long bytes) {
    long start = starts[first];
    long end = start;
    int next = first;
    while (end < start + bytes) {
      end += lengths[next++];
    }
    removeByAddress(first, next);
    int remaining = 0;
    for (int i = 0; i < count; i++) {
      if (addresses[i] < start || addresses[i] >= end) {
        addresses[remaining] = addresses[i];
        sizes[remaining++] = sizes[i];
      }
    }
    count = remaining;
    total -= end - start;
    if (end > start + bytes) {
      add(start + bytes, end - start - bytes);
    }
    return start;
  }

  /** Removes all blocks. */
  void clear() {
    count = 0;
    total = 0;
  }
}
