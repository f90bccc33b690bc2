package io.github.vqvae4j.tensor;

import io.github.vqvae4j.memory.InsufficientMemoryException;
import io.github.vqvae4j.tensor.internal.MemoryLimits;
import java.util.function.Supplier;

/** Converts out-of-memory errors of the JVM and JavaCPP to exceptions that report memory sizes. */
public final class MemoryGuard {
  private MemoryGuard() {}

  /**
   * Runs a computation that needs large arrays, and converts an {@code OutOfMemoryError} to an
   * {@link InsufficientMemoryException}. Also frees the thread's retained off-heap memory in that
   * case.
   *
   * @param what a description of the computation and the size of its data, for the message
   * @param bytes the size of its data in bytes; 0 if it is unknown
   * @param work the computation, which must close its steps even if it fails
   * @param <T> the type of the result
   * @return the result of the computation
   * @throws InsufficientMemoryException if memory is exhausted
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
   * Returns advice on how to provide a given amount of off-heap memory.
   *
   * @param bytes the memory for a thread's tensors and workspaces, in bytes
   * @return a sentence with settings that are likely to suffice, unless the machine is too small
   */
  public static String advice(long bytes) {
    return MemoryLimits.advice(bytes);
  }
}
