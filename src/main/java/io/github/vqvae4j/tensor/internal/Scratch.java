package io.github.vqvae4j.tensor.internal;

import io.github.vqvae4j.tensor.DType;
import java.util.Arrays;
import org.bytedeco.javacpp.FloatPointer;
import org.bytedeco.javacpp.Pointer;

/**
 * Memory outside the heap that one thread's operations compute in: several blocks, each of which
 * grows to the largest that was asked for, until the thread frees what it keeps. Content is
 * undefined at first, and ends with the operation. Heap arrays that loops compute in are made anew
 * for each operation, see {@link HeapSlices}.
 */
enum Scratch {
  FIRST,
  SECOND,
  THIRD,
  FOURTH,
  /** What a primitive of oneDNN asks for while it runs. */
  PRIMITIVE;

  private static final ThreadLocal<NativeMemory[]> BLOCKS =
      ThreadLocal.withInitial(Scratch::blocks);

  private static NativeMemory[] blocks() {
    NativeMemory[] blocks = new NativeMemory[values().length];
    KeptMemory.whenReleased(
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

  /** This thread's block for so many numbers; what was given of it before ends here. */
  Pointer of(DType dtype, long numbers) {
    NativeMemory[] blocks = BLOCKS.get();
    NativeMemory block = blocks[ordinal()];
    long bytes = numbers * dtype.bytes();
    if (block == null || block.bytes() < bytes) {
      if (block != null) {
        block.close();
        // Should there be no memory for a larger one, it stays closed.
        blocks[ordinal()] = null;
      }
      block = NativeMemory.workspace(bytes, "scratch memory of an operation");
      blocks[ordinal()] = block;
    }
    return block.pointer(dtype, numbers);
  }

  /** This thread's block for so many floats. */
  FloatPointer floats(long numbers) {
    return (FloatPointer) of(DType.FLOAT, numbers);
  }
}
