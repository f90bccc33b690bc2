package io.github.vqvae4j.tensor.internal;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.Map;
import java.util.TreeMap;

/**
 * Released slots of an arena. A request gets the slot of its size that was released last, which may
 * still be in cache; if there is none, a part of the smallest run of neighbors that is large
 * enough.
 *
 * <p>So a request of another size, as each step of a growing sequence makes, needs no new memory,
 * and no slot is larger than what it holds. Sizes rounded up to eight classes an octave would do
 * the first, too, but waste 6 % of each array on average, 12.5 % at most, and a sequence that grows
 * to n bytes, of which two lengths are in use at a time, leaves 24 n behind; here it is 3 to 5 n.
 */
final class FreeSlots {
  /** Bytes by address. */
  private final TreeMap<Long, Long> sizes = new TreeMap<>();

  /** Addresses by size, the last released first. */
  private final Map<Long, Deque<Long>> bySize = new HashMap<>();

  private long total;

  /** Takes in a slot. */
  void add(long address, long bytes) {
    sizes.put(address, bytes);
    bySize.computeIfAbsent(bytes, size -> new ArrayDeque<>()).push(address);
    total += bytes;
  }

  /** The address of a slot of so many bytes, which is not free any more, or 0 if there is none. */
  long take(long bytes) {
    if (bytes > total) {
      return 0;
    }
    Deque<Long> same = bySize.get(bytes);
    if (same != null && !same.isEmpty()) {
      long address = same.pop();
      sizes.remove(address);
      total -= bytes;
      return address;
    }
    long run = smallestRun(bytes);
    if (run != 0) {
      takeFrom(run, bytes);
    }
    return run;
  }

  /** Where the smallest run of at least so many bytes begins, or 0. */
  private long smallestRun(long bytes) {
    long best = 0;
    long bestSize = Long.MAX_VALUE;
    long begin = 0;
    long end = 0;
    for (Map.Entry<Long, Long> slot : sizes.entrySet()) {
      if (slot.getKey() != end) {
        if (end - begin >= bytes && end - begin < bestSize) {
          best = begin;
          bestSize = end - begin;
        }
        begin = slot.getKey();
        end = begin;
      }
      end += slot.getValue();
    }
    return end - begin >= bytes && end - begin < bestSize ? begin : best;
  }

  /** Removes the first slots of a run, and gives back what is more than is asked for. */
  private void takeFrom(long address, long bytes) {
    long end = address;
    while (end < address + bytes) {
      long size = sizes.remove(end);
      bySize.get(size).removeFirstOccurrence(end);
      total -= size;
      end += size;
    }
    if (end > address + bytes) {
      add(address + bytes, end - address - bytes);
    }
  }

  /** Forgets all slots. */
  void clear() {
    sizes.clear();
    bySize.clear();
    total = 0;
  }
}
