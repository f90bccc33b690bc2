package io.github.vqvae4j.tensor.internal;

import io.github.vqvae4j.memory.InsufficientMemoryException;
import io.github.vqvae4j.memory.MemorySize;
import io.github.vqvae4j.tensor.DType;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * The native memory of one step after another on one thread. It is reset, not freed, and the array
 * objects laid over its slots are kept too, so that a step which repeats the last one's allocations
 * allocates nothing.
 *
 * <p>A slot given back within a step is handed out again, see {@link FreeSlots}.
 */
public final class Arena {
  private static final long CHUNK = 16L << 20;

  /** More than any machine has, and a number that a double holds. */
  private static final long MOST_BYTES = 1L << 53;

  /** Beyond so many array objects the table is emptied; the garbage collector takes them. */
  private static final int MAX_ARRAYS = 16_384;

  /** Arenas whose steps are closed, for the next steps of the thread. */
  private static final ThreadLocal<ArrayDeque<Arena>> IDLE = ThreadLocal.withInitial(Arena::idle);

  private record Key(long address, DType dtype, long[] shape) {
    @Override
    public boolean equals(Object other) {
      return other instanceof Key key
          && address == key.address
          && dtype == key.dtype
          && Arrays.equals(shape, key.shape);
    }

    @Override
    public int hashCode() {
      return Long.hashCode(address) * 31 + Arrays.hashCode(shape);
    }
  }

  private record Chunk(NativeMemory memory, long bytes) {}

  private final List<Chunk> chunks = new ArrayList<>();

  /** Depends on address, dtype and shape alone: an array object holds no numbers. */
  private final Map<Key, INDArray> arrays = new HashMap<>();

  private final TakenSlots taken = new TakenSlots();

  /** Slots that may be handed out again in this step. */
  private final FreeSlots free = new FreeSlots();

  /** Those that were too small for what this step wanted next, and have nothing of it. */
  private final List<Chunk> skipped = new ArrayList<>();

  private int chunk = -1;
  private long next;
  private long end;

  /** Bytes of all slots since {@link #take}. */
  private long used;

  private Arena() {}

  private static ArrayDeque<Arena> idle() {
    ArrayDeque<Arena> idle = new ArrayDeque<>();
    KeptMemory.whenReleased(
        () -> {
          idle.forEach(arena -> arena.chunks.forEach(chunk -> chunk.memory().close()));
          idle.clear();
        });
    return idle;
  }

  /** An empty arena of this thread. */
  public static Arena take() {
    Arena idle = IDLE.get().poll();
    KeptMemory.stepOpened();
    return idle != null ? idle : new Arena();
  }

  /**
   * Ends the life of every array made since {@link #take}, and keeps the arena for the next step,
   * unless memory ran out.
   */
  public void giveBack() {
    taken.clear();
    free.clear();
    skipped.clear();
    chunk = -1;
    next = 0;
    end = 0;
    used = 0;
    IDLE.get().push(this);
    KeptMemory.stepClosed();
  }

  /** An array with undefined content. */
  public INDArray allocate(DType dtype, long... shape) {
    long bytes = bytes(dtype, shape);
    long address = free.take(bytes);
    if (address == 0) {
      address = bump(bytes, dtype, shape);
    }
    taken.add(address, bytes);
    return array(address, dtype, shape);
  }

  /** The same memory under another shape of the same size. */
  public INDArray view(INDArray base, DType dtype, long... shape) {
    return array(base.data().pointer().address(), dtype, shape);
  }

  /** An array over a part of another's memory, from an offset in elements. */
  public INDArray part(INDArray base, long offset, DType dtype, long... shape) {
    return array(base.data().pointer().address() + offset * dtype.bytes(), dtype, shape);
  }

  /** Has all that the thread keeps freed when no arena of it is taken any more. */
  public void freeOnClose() {
    KeptMemory.freeOnClose();
  }

  /** How much memory all arrays took so far; slots used twice count once. */
  public long used() {
    return used;
  }

  /** Whether an array lies in this memory. */
  public boolean owns(INDArray array) {
    long address = array.data().pointer().address();
    for (Chunk some : chunks) {
      long begin = some.memory().address();
      if (address >= begin && address < begin + some.bytes()) {
        return true;
      }
    }
    return false;
  }

  /**
   * Gives an array's slot back before the step ends. Nothing may use its memory any more, be it
   * under another shape.
   *
   * @throws IllegalStateException if the array is no slot in use, as one that was released before
   */
  public void release(INDArray array) {
    long address = array.data().pointer().address();
    long bytes = taken.remove(address);
    if (bytes == 0) {
      throw new IllegalStateException(
          "Arena: an array "
              + Arrays.toString(array.shape())
              + " was released that is not in use, or was released before.");
    }
    free.add(address, bytes);
  }

  private static long bytes(DType dtype, long[] shape) {
    double length = dtype.bytes();
    for (long d : shape) {
      length *= d;
    }
    if (length > MOST_BYTES) {
      throw MemoryLimits.outsideHeap(
          MOST_BYTES, "a tensor " + Arrays.toString(shape) + " in " + dtype, null);
    }
    return NativeMemory.align((long) length);
  }

  private long bump(long bytes, DType dtype, long[] shape) {
    while (end - next < bytes) {
      if (chunk >= 0 && next == chunks.get(chunk).memory().address()) {
        skipped.add(chunks.get(chunk));
      }
      if (chunk + 1 == chunks.size()) {
        chunks.add(newChunk(Math.max(CHUNK, bytes), what(dtype, shape)));
      }
      chunk++;
      next = chunks.get(chunk).memory().address();
      end = next + chunks.get(chunk).bytes();
    }
    long address = next;
    next += bytes;
    used += bytes;
    return address;
  }

  /** Where memory ran out, in place of those that another step left and this one cannot use. */
  private Chunk newChunk(long size, String what) {
    try {
      return new Chunk(new NativeMemory(size, what), size);
    } catch (InsufficientMemoryException e) {
      if (skipped.isEmpty()) {
        throw e;
      }
      skipped.forEach(unused -> unused.memory().close());
      chunks.removeAll(skipped);
      skipped.clear();
      chunk = chunks.size() - 1;
      next = 0;
      end = 0;
      return new Chunk(new NativeMemory(size, what), size);
    }
  }

  private String what(DType dtype, long[] shape) {
    long bytes = chunks.stream().mapToLong(Chunk::bytes).sum();
    return "a tensor "
        + Arrays.toString(shape)
        + " in "
        + dtype
        + (bytes == 0 ? "" : ", in a step whose tensors have " + MemorySize.text(bytes) + ",");
  }

  private INDArray array(long address, DType dtype, long[] shape) {
    Key key = new Key(address, dtype, shape);
    INDArray array = arrays.get(key);
    if (array == null) {
      if (arrays.size() == MAX_ARRAYS) {
        arrays.clear();
      }
      // The caller may go on using its array of dimensions.
      long[] own = shape.clone();
      array = NativeMemory.wrap(address, dtype, own);
      arrays.put(new Key(address, dtype, own), array);
    }
    return array;
  }
}
