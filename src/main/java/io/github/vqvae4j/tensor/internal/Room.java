package io.github.vqvae4j.tensor.internal;

import io.github.vqvae4j.tensor.DType;
import org.bytedeco.javacpp.Pointer;

/**
 * Native memory of one thread that is used again and again; it only grows, until memory runs out.
 */
final class Room {
  private final String what;
  private NativeMemory memory;

  /**
   * Nothing yet.
   *
   * @param what the memory is for, as an error calls it
   */
  Room(String what) {
    this.what = what;
    KeptMemory.whenReleased(this::release);
  }

  /** Room for so many numbers, with undefined content; what was given before ends here. */
  Pointer of(DType dtype, long numbers) {
    long bytes = numbers * dtype.bytes();
    if (memory == null || memory.bytes() < bytes) {
      release();
      memory = NativeMemory.workspace(bytes, what);
    }
    return memory.pointer(dtype, numbers);
  }

  private void release() {
    if (memory != null) {
      memory.close();
      memory = null;
    }
  }
}
