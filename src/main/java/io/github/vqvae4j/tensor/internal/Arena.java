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
 * An off-heap memory arena that is reused by consecutive steps of a thread. It is reset rather than
 * freed, and the array objects that wrap its memory are cached, so a step that repeats the previous
 * step's allocations allocates nothing.
 *
 * <p>Memory released within a step is reused; see {@link FreeList}.
 */
public final class Arena {
  private static final long CHUNK = 16L << 20;

  /** An upper bound that exceeds any machine's memory and is exact as a double. */
  private static final long MAX_BYTES = 1L << 53;

  /** The maximum number of cached array objects; beyond it the cache is cleared. */
  private static final int MAX_ARRAYS = 16_384;

  /** The thread's arenas that are not in use by an open step. */
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

  /** Cached array objects. They depend on address, dtype and shape only, not on the contents. */
  private final Map<Key, INDArray> arrays = new HashMap<>();

  private final AllocationTable allocated = new AllocationTable();

  /** Released blocks that this step can reuse. */
  private final FreeList free = new FreeList();

  /** Chunks without allocations that were skipped because they were too small. */
  private final List<Chunk> skipped = new ArrayList<>();

  private int chunk = -1;
  private long next;
  private long end;

  /** Bytes allocated from the chunks since {@link #acquire}. */
  private long used;

  private Arena() {}

  private static ArrayDeque<Arena> idle() {
    ArrayDeque<Arena> idle = new ArrayDeque<>();
    ThreadCaches.onRelease(
        () -> {
          idle.forEach(arena -> arena.chunks.forEach(chunk -> chunk.memory().close()));
          idle.clear();
        });
    return idle;
  }

  /** Returns an empty arena for a step of this thread. */
  public static Arena acquire() {
    Arena idle = IDLE.get().poll();
    ThreadCaches.stepOpened();
    return idle != null ? idle : new Arena();
  }

  /**
   * Invalidates all arrays allocated since {@link #acquire} and makes the arena available to the
   * next step. Its memory is kept unless memory has run out.
   */
  public void recycle() {
    allocated.clear();
    free.clear();
    skipped.clear();
    chunk = -1;
    next = 0;
    end = 0;
    used = 0;
    IDLE.get().push(this);
    ThreadCaches.stepClosed();
  }

  /** Allocates an array with undefined contents. */
  public INDArray allocate(DType dtype, long... shape) {
    long bytes = bytes(dtype, shape);
    long address = free.remove(bytes);
    if (address == 0) {
      address = bump(bytes, dtype, shape);
    }
    allocated.add(address, bytes);
    return array(address, dtype, shape);
  }

  /** Returns a view of an array with a different shape of the same size. */
  public INDArray view(INDArray base, DType dtype, long... shape) {
    return array(base.data().pointer().address(), dtype, shape);
  }

  /** Returns a view of part of an array, starting at an offset in elements. */
  public INDArray view(INDArray base, long offset, DType dtype, long... shape) {
    return array(base.data().pointer().address() + offset * dtype.bytes(), dtype, shape);
  }

  /** Requests that the thread's cached memory be freed as soon as none of its arenas is in use. */
  public void releaseOnClose() {
    ThreadCaches.releaseWhenIdle();
  }

  /** Returns the bytes allocated by the current step; reused memory counts once. */
  public long usedBytes() {
    return used;
  }

  /** Returns whether an array is stored in this arena. */
  public boolean contains(INDArray array) {
    long address = array.data().pointer().address();
    for (Chunk candidate : chunks) {
      long begin = candidate.memory().address();
      if (address >= begin && address < begin + candidate.bytes()) {
        return true;
      }
    }
    return false;
  }

  /**
   * Releases an array's memory before the step ends. Neither the array nor any view of it may be
   * used afterwards.
   *
   * @throws IllegalStateException if the array is not allocated, for example because it was already
   *     released
   */
  public void release(INDArray array) {
    long address = array.data().pointer().address();
    long bytes = allocated.remove(address);
    if (bytes == 0) {
      throw new IllegalStateException(
          "Arena.release: expected an allocated array, got one of shape "
              + Arrays.toString(array.shape())
              + " that is not from this arena or was already released.");
    }
    free.add(address, bytes);
  }

  private static long bytes(DType dtype, long[] shape) {
    double length = dtype.bytes();
    for (long d : shape) {
      length *= d;
    }
    if (length > MAX_BYTES) {
      throw MemoryLimits.insufficientNative(
          MAX_BYTES, "a tensor " + Arrays.toString(shape) + " in " + dtype, null);
    }
    return NativeMemory.align((long) length);
  }

  private long bump(long bytes, DType dtype, long[] shape) {
    while (end - next < bytes) {
      if (chunk >= 0 && next == chunks.get(chunk).memory().address()) {
        skipped.add(chunks.get(chunk));
      }
      if (chunk + 1 == chunks.size()) {
        chunks.add(newChunk(Math.max(CHUNK, bytes), describe(dtype, shape)));
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

  /** Allocates a chunk. If memory runs out, frees the skipped chunks first and retries. */
  private Chunk newChunk(long size, String what) {
    try {
      return new Chunk(new NativeMemory(size, what), size);
    } catch (InsufficientMemoryException e) {
      if (skipped.isEmpty()) {
        throw e;
      }
      skipped.forEach(skippedChunk -> skippedChunk.memory().close());
      chunks.removeAll(skipped);
      skipped.clear();
      chunk = chunks.size() - 1;
      next = 0;
      end = 0;
      return new Chunk(new NativeMemory(size, what), size);
    }
  }

  private String describe(DType dtype, long[] shape) {
    long bytes = chunks.stream().mapToLong(Chunk::bytes).sum();
    return "a tensor "
        + Arrays.toString(shape)
        + " in "
        + dtype
        + (bytes == 0 ? "" : ", in a step whose tensors use " + MemorySize.format(bytes) + ",");
  }

  private INDArray array(long address, DType dtype, long[] shape) {
    Key key = new Key(address, dtype, shape);
    INDArray array = arrays.get(key);
    if (array == null) {
      if (arrays.size() == MAX_ARRAYS) {
        arrays.clear();
      }
      // The caller may modify its shape array.
      long[] ownShape = shape.clone();
      array = NativeMemory.wrap(address, dtype, ownShape);
      arrays.put(new Key(address, dtype, ownShape), array);
    }
    return array;
  }
}
