package io.github.vqvae4j.tensor.internal;

import io.github.vqvae4j.tensor.DType;
import java.util.Arrays;
import org.bytedeco.javacpp.FloatPointer;
import org.bytedeco.javacpp.Pointer;

/**
 * Thread-local native scratch buffers for operations. Each buffer grows to the largest requested
 * size and is kept until the thread's caches are released. The initial contents are undefined, and
 * contents do not survive the operation. Heap arrays used by loops are allocated per operation
 * instead; see {@link HeapSlices}.
 */
enum ScratchBuffer {
  FIRST,
  SECOND,
  THIRD,
  FOURTH,
  /** The scratchpad of a oneDNN primitive. */
  PRIMITIVE;

  private static final ThreadLocal<NativeMemory[]> BLOCKS =
      ThreadLocal.withInitial(ScratchBuffer::blocks);

  private static NativeMemory[] blocks() {
    NativeMemory[] blocks = new NativeMemory[values().length];
    ThreadCaches.onRelease(
        () -> {
          for (NativeMemory block : blocks) {
            if (block != null) {
              block.close();
            }
          }
          Arrays.fill(blocks, null);
        });
    return blocks;
  }

  /**
   * Returns this thread's buffer for {@code length} elements; invalidates its previous contents.
   */
  Pointer get(DType dtype, long length) {
    NativeMemory[] blocks = BLOCKS.get();
    NativeMemory block = blocks[ordinal()];
    long bytes = length * dtype.bytes();
    if (block == null || block.bytes() < bytes) {
      if (block != null) {
        block.close();
        // The next allocation may fail.
        blocks[ordinal()] = null;
      }
      block = NativeMemory.workspace(bytes, "scratch memory of an operation");
      blocks[ordinal()] = block;
    }
    return block.pointer(dtype, length);
  }

  /** Returns this thread's buffer for {@code length} floats; invalidates its previous contents. */
  FloatPointer floats(long length) {
    return (FloatPointer) get(DType.FLOAT, length);
  }
}
