package io.github.vqvae4j.tensor.internal;

import java.util.Arrays;

/**
 * Released slots of an arena. A request gets the slot of its size that was released last, which may
 * still be in cache; if there is none, a part of the smallest run of neighbors that is large
 * enough.
 *
 * <p>So a request of another size, as each step of a growing sequence makes, needs no new memory,
 * and no slot is larger than what it holds. Sizes rounded up to eight classes an octave would do
 * the first, too, but waste 6 % of each array on average, 12.5 % at most, and a sequence that grows
 * to n bytes, of which two lengths are in use at a time, leaves 24 n behind; here it is 3 to 5 n.
 *
 * <p>A step has some hundred slots at most: two arrays that are searched from their end beat maps,
 * whose entries are objects.
 */
final class FreeSlots {
  /** In the order in which they were released. */
  private long[] addresses = new long[64];

  private long[] sizes = new long[64];
  private int count;
  private long total;

  /** Takes in a slot. */
  void add(long address, long bytes) {
    if (count == sizes.length) {
      addresses = Arrays.copyOf(addresses, 2 * count);
      sizes = Arrays.copyOf(sizes, 2 * count);
    }
    addresses[count] = address;
    sizes[count] = bytes;
    count++;
    total += bytes;
  }

  /** The address of a slot of so many bytes, which is not free any more, or 0 if there is none. */
  long take(long bytes) {
    if (bytes > total) {
      return 0;
    }
    for (int i = count - 1; i >= 0; i--) {
      if (sizes[i] == bytes) {
        long address = addresses[i];
        remove(i);
        return address;
      }
    }
    long run = smallestRun(bytes);
    if (run != 0) {
      takeFrom(run, bytes);
    }
    return run;
  }

  private void remove(int i) {
    total -= sizes[i];
    count--;
    System.arraycopy(addresses, i + 1, addresses, i, count - i);
    System.arraycopy(sizes, i + 1, sizes, i, count - i);
  }

  /** Where the smallest run of at least so many bytes begins, or 0. */
  private long smallestRun(long bytes) {
    long[] sorted = Arrays.copyOf(addresses, count);
    Arrays.sort(sorted);
    long best = 0;
    long bestSize = Long.MAX_VALUE;
    long begin = 0;
    long end = 0;
    for (int i = 0; i <= count; i++) {
      if (i == count || sorted[i] != end) {
        if (end - begin >= bytes && end - begin < bestSize) {
          best = begin;
          bestSize = end - begin;
        }
        begin = i == count ? 0 : sorted[i];
        end = begin;
      }
      end += i == count ? 0 : sizes[indexOf(sorted[i])];
    }
    return best;
  }

  private int indexOf(long address) {
    int i = 0;
    while (addresses[i] != address) {
      i++;
    }
    return i;
  }

  /** Removes the first slots of a run, and gives back what is more than is asked for. */
  private void takeFrom(long address, long bytes) {
    long end = address;
    while (end < address + bytes) {
      int slot = indexOf(end);
      end += sizes[slot];
      remove(slot);
    }
    if (end > address + bytes) {
      add(address + bytes, end - address - bytes);
    }
  }

  /** Forgets all slots. */
  void clear() {
    count = 0;
    total = 0;
  }
}
