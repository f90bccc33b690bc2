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
 * <p>A step has some hundred slots, at times some thousand. Arrays in two orders, by release and by
 * address, beat maps, whose entries are objects: a request is one walk through one of them.
 */
final class FreeSlots {
  /** In the order in which they were released. */
  private long[] addresses = new long[64];

  private long[] sizes = new long[64];

  /** The same slots by address. */
  private long[] begins = new long[64];

  private long[] lengths = new long[64];
  private int count;
  private long total;

  /** Takes in a slot. */
  void add(long address, long bytes) {
    if (count == sizes.length) {
      addresses = Arrays.copyOf(addresses, 2 * count);
      sizes = Arrays.copyOf(sizes, 2 * count);
      begins = Arrays.copyOf(begins, 2 * count);
      lengths = Arrays.copyOf(lengths, 2 * count);
    }
    addresses[count] = address;
    sizes[count] = bytes;
    int place = -1 - Arrays.binarySearch(begins, 0, count, address);
    System.arraycopy(begins, place, begins, place + 1, count - place);
    System.arraycopy(lengths, place, lengths, place + 1, count - place);
    begins[place] = address;
    lengths[place] = bytes;
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
    int run = smallestRun(bytes);
    return run < 0 ? 0 : takeFrom(run, bytes);
  }

  private void remove(int i) {
    int place = Arrays.binarySearch(begins, 0, count, addresses[i]);
    total -= sizes[i];
    System.arraycopy(addresses, i + 1, addresses, i, count - i - 1);
    System.arraycopy(sizes, i + 1, sizes, i, count - i - 1);
    removeByAddress(place, place + 1);
    count--;
  }

  private void removeByAddress(int from, int to) {
    System.arraycopy(begins, to, begins, from, count - to);
    System.arraycopy(lengths, to, lengths, from, count - to);
  }

  /** Which slot by address begins the smallest run of at least so many bytes, or -1. */
  private int smallestRun(long bytes) {
    int best = -1;
    long bestSize = Long.MAX_VALUE;
    int i = 0;
    while (i < count) {
      int first = i;
      long end = begins[i];
      while (i < count && begins[i] == end) {
        end += lengths[i++];
      }
      long size = end - begins[first];
      if (size >= bytes && size < bestSize) {
        best = first;
        bestSize = size;
      }
    }
    return best;
  }

  /** Removes the first slots of a run, and gives back what is more than is asked for. */
  private long takeFrom(int first, long bytes) {
    long begin = begins[first];
    long end = begin;
    int next = first;
    while (end < begin + bytes) {
      end += lengths[next++];
    }
    removeByAddress(first, next);
    int kept = 0;
    for (int i = 0; i < count; i++) {
      if (addresses[i] < begin || addresses[i] >= end) {
        addresses[kept] = addresses[i];
        sizes[kept++] = sizes[i];
      }
    }
    count = kept;
    total -= end - begin;
    if (end > begin + bytes) {
      add(begin + bytes, end - begin - bytes);
    }
    return begin;
  }

  /** Forgets all slots. */
  void clear() {
    count = 0;
    total = 0;
  }
}
