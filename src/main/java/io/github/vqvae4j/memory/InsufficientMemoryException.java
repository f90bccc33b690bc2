package io.github.vqvae4j.memory;

/**
 * Thrown if an operation needs more memory than there is: on the Java heap, or outside of it, where
 * tensors lie. The message says what it was needed for, how much, what the limit is, and what to
 * do.
 *
 * <p>The library goes on working: a model is as it was, and once the failed step is closed its
 * memory outside the heap is freed. So this is no {@code Error}; a server may refuse one image that
 * is too large and take the next. A file that was being read is not to blame: it may be sound.
 */
public final class InsufficientMemoryException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /** What was needed and what there is. */
  private final String facts;

  /** What to do. */
  private final String advice;

  /** What could not be allocated. */
  private final long bytes;

  /** Whether on the Java heap. */
  private final boolean onHeap;

  /**
   * Creates the exception.
   *
   * @param facts what was needed and what there is
   * @param advice what to do
   * @param bytes what could not be allocated
   * @param onHeap whether on the Java heap, rather than outside of it
   * @param cause the error of the JVM or of JavaCPP, or null if the limit was known before
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
   * Creates the same exception with more to do about it.
   *
   * @param addition a sentence
   * @return an exception whose message ends with the sentence, and whose cause is this one
   */
  public InsufficientMemoryException with(String addition) {
    return new InsufficientMemoryException(facts, advice + " " + addition, bytes, onHeap, this);
  }

  /**
   * Creates the same exception with other advice.
   *
   * @param other sentences instead of those that say what to do
   * @return whose message ends in them
   */
  public InsufficientMemoryException withAdvice(String other) {
    return new InsufficientMemoryException(facts, other, bytes, onHeap, this);
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
