package io.github.vqvae4j.memory;

import java.util.function.Supplier;

/**
 * Allocates memory on the Java heap and throws {@link InsufficientMemoryException} with the purpose
 * and size of a failed allocation.
 */
public final class HeapMemory {
  private HeapMemory() {}

  /**
   * A task that allocates memory.
   *
   * @param <T> the result type
   * @param <E> the type of checked exception thrown
   */
  @FunctionalInterface
  public interface Task<T, E extends Exception> {
    /**
     * Runs the task.
     *
     * @return the result
     * @throws E if the task fails
     */
    T run() throws E;
  }

  /**
   * Allocates an array of zeros.
   *
   * @param length the number of elements
   * @param what the purpose of the array, for the error message
   * @return a new array
   * @throws InsufficientMemoryException if the heap is too small
   */
  public static float[] floats(int length, Supplier<String> what) {
    return guard(what, (long) Float.BYTES * length, () -> new float[length]);
  }

  /**
   * Runs a task that allocates a known amount of memory.
   *
   * @param what the purpose of the memory, for the error message
   * @param bytes the number of bytes required
   * @param task the task that allocates them
   * @param <T> the result type
   * @param <E> the type of checked exception thrown by the task
   * @return the result of the task
   * @throws E if the task throws it
   * @throws InsufficientMemoryException if the required memory exceeds the maximum heap size, or
   *     memory runs out
   */
  public static <T, E extends Exception> T guard(Supplier<String> what, long bytes, Task<T, E> task)
      throws E {
    if (bytes > Runtime.getRuntime().maxMemory()) {
      throw insufficient(what.get(), MemorySize.format(bytes), bytes, null);
    }
    try {
      return task.run();
    } catch (OutOfMemoryError e) {
      throw insufficient(what.get(), MemorySize.format(bytes), bytes, e);
    }
  }

  /**
   * Throws the {@code OutOfMemoryError} in the cause chain of a failure, if there is one. Some of
   * the JDK's readers wrap the error as if their input were corrupt.
   *
   * @param failure the exception to inspect
   */
  public static void rethrowOutOfMemoryError(Throwable failure) {
    for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
      if (cause instanceof OutOfMemoryError error) {
        throw error;
      }
    }
  }

  /**
   * Creates an exception for a failed heap allocation. Its message states the current usage and
   * limit, and suggests a sufficient limit.
   *
   * @param what the purpose of the memory
   * @param needs the required amount, as text
   * @param bytes the minimum number of bytes required
   * @param cause the JVM's error, or null if the required memory exceeds the maximum heap size
   * @return a new exception
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
            + " in addition to the "
            + MemorySize.format(used)
            + " in use; the heap's limit is "
            + MemorySize.format(limit)
            + " (-Xmx)"
            + (used + bytes <= limit
                ? ", but the free memory is fragmented or reserved by the garbage collector."
                : ".");
    return new InsufficientMemoryException(
        cause == null ? facts : facts + " (" + cause.getMessage() + ")",
        "Use smaller images or crops, smaller batches, or smaller files, or "
            + raiseLimit(Math.max(used + bytes, limit)),
        bytes,
        true,
        cause);
  }

  private static String raiseLimit(long minimum) {
    long machine = MemorySize.totalMemory();
    return minimum > machine
        ? "a machine with more memory than this one, which has " + MemorySize.format(machine) + "."
        : "raise the limit, for example with -Xmx"
            + MemorySize.toJvmOption(minimum)
            + "; this machine has "
            + MemorySize.format(machine)
            + ".";
  }
}
