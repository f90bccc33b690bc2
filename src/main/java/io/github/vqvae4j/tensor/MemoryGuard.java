package io.github.vqvae4j.tensor;

import io.github.vqvae4j.memory.InsufficientMemoryException;
import io.github.vqvae4j.tensor.internal.MemoryLimits;
import java.util.function.Supplier;

/** Turns errors of memory, of the JVM and of JavaCPP, into an exception with figures. */
public final class MemoryGuard {
  private MemoryGuard() {}

  /**
   * Runs work that needs large arrays, and throws an {@link InsufficientMemoryException} for an
   * {@code OutOfMemoryError} in it. What the thread keeps outside the heap is then freed.
   *
   * @param what the work and the size of what it is done on, for the message
   * @param bytes of what it is done on
   * @param work closes its steps also if it fails
   * @param <T> of the result
   * @return the result of the work
   * @throws InsufficientMemoryException if memory runs out
   */
  public static <T> T run(String what, long bytes, Supplier<T> work) {
    try {
      return work.get();
    } catch (InsufficientMemoryException e) {
      MemoryLimits.releaseCaches();
      throw e;
    } catch (OutOfMemoryError e) {
      throw MemoryLimits.exception(bytes, what, e);
    }
  }

  /**
   * Says what to do so that so many bytes fit outside the heap.
   *
   * @param bytes of a thread's tensors and workspaces
   * @return a sentence, with settings that will likely do unless the machine is too small
   */
  public static String advice(long bytes) {
    return MemoryLimits.advice(bytes);
  }
}
