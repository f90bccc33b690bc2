package io.github.vqvae4j.memory;

import java.util.function.Supplier;

/** Takes memory on the Java heap, and says what was asked for where there is too little. */
public final class HeapMemory {
  private HeapMemory() {}

  /**
   * Work that takes memory.
   *
   * @param <T> of its result
   * @param <E> of what it throws besides
   */
  @FunctionalInterface
  public interface Work<T, E extends Exception> {
    /**
     * Does it.
     *
     * @return the result
     * @throws E if it fails
     */
    T run() throws E;
  }

  /**
   * Allocates an array.
   *
   * @param length its number of elements
   * @param what it is for, as the message calls it
   * @return zeros
   * @throws InsufficientMemoryException if the heap is too small
   */
  public static float[] floats(int length, Supplier<String> what) {
    return guard(what, (long) Float.BYTES * length, () -> new float[length]);
  }

  /**
   * Runs work that takes memory of a known size.
   *
   * @param what it is for, as the message calls it
   * @param bytes what it takes
   * @param work allocates it
   * @param <T> of the result
   * @param <E> of what the work throws besides
   * @return the result of the work
   * @throws E as the work
   * @throws InsufficientMemoryException if the whole heap is smaller, or memory runs out
   */
  public static <T, E extends Exception> T guard(Supplier<String> what, long bytes, Work<T, E> work)
      throws E {
    if (bytes > Runtime.getRuntime().maxMemory()) {
      throw insufficient(what.get(), MemorySize.text(bytes), bytes, null);
    }
    try {
      return work.run();
    } catch (OutOfMemoryError e) {
      throw insufficient(what.get(), MemorySize.text(bytes), bytes, e);
    }
  }

  /**
   * Throws the {@code OutOfMemoryError} that a failure was caused by, if it was: some of the JDK's
   * readers wrap it as if their input were bad.
   *
   * @param failure any
   */
  public static void throwCausingError(Throwable failure) {
    for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
      if (cause instanceof OutOfMemoryError error) {
        throw error;
      }
    }
  }

  /**
   * What the heap does not hold.
   *
   * @param what it was for
   * @param needs how much, as text
   * @param bytes how much at least
   * @param cause the JVM's error, or null if the whole heap is smaller
   * @return an exception with these figures, and a limit that will likely do
   */
  public static InsufficientMemoryException insufficient(
      String what, String needs, long bytes, Throwable cause) {
    Runtime jvm = Runtime.getRuntime();
    long used = jvm.totalMemory() - jvm.freeMemory();
    long limit = jvm.maxMemory();
    String facts =
        "Not enough memory on the Java heap: "
            + what
            + " needs "
            + needs
            + " beside the "
            + MemorySize.text(used)
            + " in use; the heap's limit is "
            + MemorySize.text(limit)
            + " (-Xmx)"
            + (used + bytes <= limit
                ? ", but what is free is not in one piece, or the JVM needs it to move objects."
                : ".");
    return new InsufficientMemoryException(
        cause == null ? facts : facts + " (" + cause.getMessage() + ")",
        "Use smaller images or crops, fewer at a time, or smaller files, or "
            + raise(Math.max(used + bytes, limit)),
        bytes,
        true,
        cause);
  }

  private static String raise(long least) {
    long machine = MemorySize.ofMachine();
    return least > machine
        ? "a machine with more than this one's " + MemorySize.text(machine) + "."
        : "raise the limit, for example with -Xmx"
            + MemorySize.setting(least)
            + "; this machine has "
            + MemorySize.text(machine)
            + ".";
  }
}
