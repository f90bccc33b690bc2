package io.github.vqvae4j.memory;

/**
 * Thrown when an operation needs more memory than is available, either on the Java heap or in
 * off-heap memory, which holds the tensors. The message states the purpose, the required amount,
 * the limit, and possible remedies.
 *
 * <p>The library remains usable: models are unchanged, and the off-heap memory of the failed step
 * is freed when the step is closed. This is therefore not an {@code Error}; a server can reject an
 * image that is too large and process the next one. If a file was being read, the file is not
 * necessarily corrupt.
 */
public final class InsufficientMemoryException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /** The required and the available memory. */
  private final String facts;

  /** Possible remedies. */
  private final String advice;

  /** The size of the failed allocation. */
  private final long bytes;

  /** Whether the Java heap ran out, rather than off-heap memory. */
  private final boolean onHeap;

  /**
   * Creates the exception.
   *
   * @param facts the required and the available memory, as complete sentences
   * @param advice possible remedies, as complete sentences
   * @param bytes the size of the failed allocation
   * @param onHeap whether the Java heap ran out, rather than off-heap memory
   * @param cause the error of the JVM or of JavaCPP, or null if no allocation was attempted
   */
  public InsufficientMemoryException(
      String facts, String advice, long bytes, boolean onHeap, Throwable cause) {
    super(facts + " " + advice, cause);
    this.facts = facts;
    this.advice = advice;
    this.bytes = bytes;
    this.onHeap = onHeap;
  }

  /**
   * Returns a copy of this exception with additional advice.
   *
   * @param addition a sentence to append
   * @return an exception whose message ends with the sentence, and whose cause is this exception
   */
  public InsufficientMemoryException withAdditionalAdvice(String addition) {
    return new InsufficientMemoryException(facts, advice + " " + addition, bytes, onHeap, this);
  }

  /**
   * Returns a copy of this exception with different advice.
   *
   * @param other the sentences that replace the advice
   * @return an exception whose message ends with the sentences, and whose cause is this exception
   */
  public InsufficientMemoryException withAdvice(String other) {
    return new InsufficientMemoryException(facts, other, bytes, onHeap, this);
  }

  /**
   * Returns the size of the failed allocation, excluding memory that the operation already held.
   *
   * @return the size in bytes
   */
  public long bytes() {
    return bytes;
  }

  /**
   * Returns whether the Java heap ran out of memory.
   *
   * @return true for the Java heap, which is limited by {@code -Xmx}; false for off-heap memory,
   *     which holds the tensors
   */
  public boolean isOnHeap() {
    return onHeap;
  }
}
