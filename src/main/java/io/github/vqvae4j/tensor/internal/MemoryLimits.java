package io.github.vqvae4j.tensor.internal;

import io.github.vqvae4j.memory.HeapMemory;
import io.github.vqvae4j.memory.InsufficientMemoryException;
import io.github.vqvae4j.memory.MemorySize;
import io.github.vqvae4j.parallel.LibraryThread;
import io.github.vqvae4j.parallel.ThreadPool;
import org.bytedeco.javacpp.Pointer;

/** Checks memory limits and creates the exceptions thrown when one is reached. */
public final class MemoryLimits {
  private static final String SMALLER =
      "Use smaller images or crops, smaller batches, fewer workers in training (Trainer.workers(1)),"
          + " or a model with fewer channels, or ";

  /** The amount of memory, if it is unknown. */
  private static final String MORE = "memory";

  private static final String MAX_BYTES = "org.bytedeco.javacpp.maxBytes";
  private static final String PHYSICAL_BYTES = "org.bytedeco.javacpp.maxPhysicalBytes";

  private MemoryLimits() {}

  /**
   * Throws an exception if a native block cannot be backed by physical memory. JavaCPP would
   * allocate it: it checks the size of the process before the block is written to, and Linux
   * overcommits memory and then kills the process that uses it. Also rejects blocks that exceed the
   * limit by themselves, for which JavaCPP would run garbage collections for a second or more.
   *
   * @param bytes the size of the block
   * @param what the purpose of the block
   */
  static void check(long bytes, String what) {
    long limit = Pointer.maxPhysicalBytes();
    if (limit > 0 && bytes > limit - Pointer.physicalBytes()) {
      // Closed or collected blocks may still be allocated to the process.
      System.gc();
      Pointer.trimMemory();
      if (bytes > limit - Pointer.physicalBytes()) {
        throw insufficientNative(bytes, what, null);
      }
    }
    boolean exceedsLimit = Pointer.maxBytes() > 0 && bytes > Pointer.maxBytes();
    if (exceedsLimit || bytes > MemorySize.totalMemory() - Pointer.physicalBytes()) {
      throw insufficientNative(bytes, what, null);
    }
  }

  /**
   * Creates the exception for a native block that could not be allocated.
   *
   * @param bytes the size of the block
   * @param what the purpose of the block
   * @param cause JavaCPP's error, or null
   */
  static InsufficientMemoryException insufficientNative(long bytes, String what, Throwable cause) {
    releaseCaches();
    long total = Pointer.totalBytes();
    long process = Pointer.physicalBytes();
    String limit;
    if (Pointer.maxBytes() > 0 && bytes > Pointer.maxBytes() - total) {
      limit =
          "JavaCPP's limit is "
              + MemorySize.format(Pointer.maxBytes())
              + " (maxBytes; defaults to -Xmx).";
    } else if (Pointer.maxPhysicalBytes() > 0 && bytes > Pointer.maxPhysicalBytes() - process) {
      limit =
          "the process uses "
              + MemorySize.format(process)
              + " and its limit is "
              + MemorySize.format(Pointer.maxPhysicalBytes())
              + " (maxPhysicalBytes; defaults to maxBytes plus three times -Xmx).";
    } else {
      limit =
          "the process uses "
              + MemorySize.format(process)
              + " of the machine's "
              + MemorySize.format(MemorySize.totalMemory())
              + ".";
    }
    return new InsufficientMemoryException(
        "Not enough memory outside the Java heap: "
            + what
            + " needs "
            + (bytes > 0 ? "a block of " + MemorySize.format(bytes) : MORE)
            + " in addition to the "
            + MemorySize.format(total)
            + " in use; "
            + limit,
        advice(total + bytes),
        bytes,
        false,
        cause);
  }

  /**
   * Returns advice for providing enough off-heap memory.
   *
   * @param minimum the minimum number of bytes required
   */
  public static String advice(long minimum) {
    long other = Math.max(0, Pointer.physicalBytes() - Pointer.totalBytes());
    long machine = MemorySize.totalMemory();
    long maxBytes = Pointer.maxBytes();
    long maxProcessBytes = Pointer.maxPhysicalBytes();
    String settings = "";
    if (maxBytes > 0 && maxBytes < minimum + minimum / 4) {
      settings = " -D" + MAX_BYTES + "=" + MemorySize.toJvmOption(minimum);
    }
    // Unless maxPhysicalBytes is set explicitly, it grows with maxBytes.
    boolean set = maxBytes <= 0 || System.getProperty(PHYSICAL_BYTES) != null;
    if (set && maxProcessBytes > 0 && maxProcessBytes < other + minimum + minimum / 4) {
      settings += " -D" + PHYSICAL_BYTES + "=" + MemorySize.toJvmOption(other + minimum);
    }
    if (settings.isEmpty() && maxBytes > 0) {
      // The limit was insufficient nevertheless: freed blocks may still be allocated to the
      // process.
      settings = " -D" + MAX_BYTES + "=" + MemorySize.toJvmOption(maxBytes);
    }
    return SMALLER
        + (minimum + other > machine || settings.isEmpty()
            ? "a machine with more memory than this one, which has "
                + MemorySize.format(machine)
                + "."
            : "raise the limit, for example with"
                + settings
                + "; this machine has "
                + MemorySize.format(machine)
                + ".");
  }

  /**
   * Releases the off-heap memory cached by this thread as soon as none of its steps is open, and
   * that of the idle threads of the pool.
   */
  public static void releaseCaches() {
    ThreadCaches.releaseWhenIdle();
    if (!LibraryThread.isCurrent()) {
      ThreadPool.endIdleThreads();
    }
  }

  /**
   * Creates the exception for an operation that failed with an error of JavaCPP or the JVM and
   * whose steps are closed. Also frees the thread's cached memory.
   *
   * @param bytes the size of the operation's input; 0 if it is unknown
   * @param what the operation
   * @param cause the error
   */
  public static InsufficientMemoryException exception(
      long bytes, String what, OutOfMemoryError cause) {
    // JavaCPP throws OutOfMemoryError for its own limits; the message names the limit, such as
    // maxBytes.
    boolean isNative = cause.getMessage() != null && cause.getMessage().contains("Bytes");
    return isNative ? insufficientNative(bytes, what, cause) : insufficientHeap(bytes, what, cause);
  }

  /**
   * Creates the exception for a failed heap allocation.
   *
   * @param bytes the size of the array, or of the operation's input
   * @param what the purpose of the memory
   * @param cause the JVM's error
   */
  static InsufficientMemoryException insufficientHeap(long bytes, String what, Throwable cause) {
    releaseCaches();
    String needs = bytes > 0 ? MemorySize.format(bytes) + " or more" : MORE;
    return HeapMemory.insufficient(what, needs, bytes, cause);
  }
}
