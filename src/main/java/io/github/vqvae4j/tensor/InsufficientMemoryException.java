package io.github.vqvae4j.tensor;

import io.github.vqvae4j.tensor.internal.MemoryLimits;
import java.util.function.Supplier;

/**
 * Thrown if an operation needs more memory than there is: on the Java heap, or outside of it, where
 * tensors lie. The message says what it was needed for, how much, what the limit is, and what to
 * do.
 *
 * <p>The library goes on working: the model is as it was, and once the failed step is closed its
 * memory outside the heap is freed. So this is no {@code Error}; a server may refuse one image that
 * is too large and take the next.
 */
public final class InsufficientMemoryException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /** What could not be allocated. */
  private final long bytes;

  /** Whether on the Java heap. */
  private final boolean onHeap;

  /**
   * Creates the exception.
   *
   * @param message what was needed, what there is, and what to do
   * @param bytes what could not be allocated
   * @param onHeap whether on the Java heap, rather than outside of it
   * @param cause the error of the JVM or of JavaCPP, or null if the limit was known before
   */
  public InsufficientMemoryException(String message, long bytes, boolean onHeap, Throwable cause) {
    super(message, cause);
    this.bytes = bytes;
    this.onHeap = onHeap;
  }

  /**
   * Runs work that needs large arrays, and throws this exception for an {@code OutOfMemoryError} in
   * it.
   *
   * @param what the work and the size of what it is done on, for the message
   * @param bytes of what it is done on
   * @param work closes its steps also if it fails
   * @param <T> of the result
   * @return the result of the work
   * @throws InsufficientMemoryException if memory runs out
   */
  public static <T> T guard(String what, long bytes, Supplier<T> work) {
    try {
      return work.get();
    } catch (OutOfMemoryError e) {
      throw MemoryLimits.of(bytes, what, e);
    }
  }

  /**
   * Creates the same exception with a longer message.
   *
   * @param addition a sentence
   * @return an exception whose message ends with the sentence, and whose cause is this one
   */
  public InsufficientMemoryException with(String addition) {
    return new InsufficientMemoryException(getMessage() + " " + addition, bytes, onHeap, this);
  }

  /**
   * Returns the size of what could not be allocated, beside what the operation had already.
   *
   * @return in bytes
   */
  public long bytes() {
    return bytes;
  }

  /**
   * Returns where memory ran out.
   *
   * @return true for the Java heap, whose limit is -Xmx; false for memory outside of it, where
   *     tensors lie
   */
  public boolean isOnHeap() {
    return onHeap;
  }
}
