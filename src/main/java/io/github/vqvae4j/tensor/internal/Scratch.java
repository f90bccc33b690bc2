package io.github.vqvae4j.tensor.internal;

import io.github.vqvae4j.tensor.Precision;
import org.bytedeco.javacpp.Pointer;

/** Native memory of each thread that a kernel uses again at every call; it only grows. */
final class Scratch {
  private final ThreadLocal<NativeMemory> memories = new ThreadLocal<>();

  /** Room for so many numbers, with undefined content; the thread's last such room ends here. */
  Pointer room(Precision precision, long numbers) {
    long bytes = numbers * precision.bytes();
    NativeMemory memory = memories.get();
    if (memory == null || memory.bytes() < bytes) {
      if (memory != null) {
        memory.close();
      }
      memory = new NativeMemory(bytes);
      memories.set(memory);
    }
    return memory.pointer(precision, numbers);
  }
}
