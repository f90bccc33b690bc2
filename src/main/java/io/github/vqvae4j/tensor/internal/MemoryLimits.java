package io.github.vqvae4j.tensor.internal;

import com.sun.management.OperatingSystemMXBean;
import io.github.vqvae4j.tensor.InsufficientMemoryException;
import java.lang.management.ManagementFactory;
import java.util.Locale;
import org.bytedeco.javacpp.Pointer;

/** The limits of memory, and what is said where one is reached. */
public final class MemoryLimits {
  private static final String SMALLER =
      " Use smaller images or crops, fewer at a time, or a model with fewer channels";

  private static final OperatingSystemMXBean MACHINE =
      ManagementFactory.getPlatformMXBean(OperatingSystemMXBean.class);

  private MemoryLimits() {}

  /**
   * Refuses a block outside the heap that JavaCPP would grant and the system take back: JavaCPP
   * compares the process with its limit before the block is written to, and Linux promises more
   * memory than there is, then kills the process that uses it. Also one that no collection of
   * garbage, which JavaCPP tries for a second or more, can make room for.
   *
   * @param bytes of the block
   * @param what it is for
   */
  static void check(long bytes, String what) {
    long most = Pointer.maxPhysicalBytes();
    if (most > 0 && bytes > most - Pointer.physicalBytes()) {
      // What was closed or collected may still be the process's.
      System.gc();
      Pointer.trimMemory();
      if (bytes > most - Pointer.physicalBytes()) {
        throw outsideHeap(bytes, what, null);
      }
    }
    boolean never = Pointer.maxBytes() > 0 && bytes > Pointer.maxBytes();
    if (never || bytes > machine() - Pointer.physicalBytes()) {
      throw outsideHeap(bytes, what, null);
    }
  }

  /** What there is to the process, disk included: of the container, if it runs in one. */
  private static long machine() {
    return MACHINE.getTotalMemorySize() + MACHINE.getTotalSwapSpaceSize();
  }

  /**
   * A block outside the heap that is not to be had.
   *
   * @param bytes of the block
   * @param what it was for
   * @param cause JavaCPP's error, or null
   */
  static InsufficientMemoryException outsideHeap(long bytes, String what, Throwable cause) {
    KeptMemory.freeOnClose();
    long total = Pointer.totalBytes();
    long process = Pointer.physicalBytes();
    String limit;
    if (Pointer.maxBytes() > 0 && bytes > Pointer.maxBytes() - total) {
      limit =
          "JavaCPP's limit is "
              + size(Pointer.maxBytes())
              + " (maxBytes; as much as -Xmx unless set)."
              + SMALLER
              + orRaise("maxBytes", total + bytes);
    } else if (Pointer.maxPhysicalBytes() > 0 && bytes > Pointer.maxPhysicalBytes() - process) {
      limit =
          "the limit of the process, which has "
              + size(process)
              + ", is "
              + size(Pointer.maxPhysicalBytes())
              + " (maxPhysicalBytes; maxBytes and three times -Xmx unless set)."
              + SMALLER
              + orRaise("maxPhysicalBytes", process + bytes);
    } else {
      limit =
          "the process has "
              + size(process)
              + " of the machine's "
              + size(machine())
              + "."
              + SMALLER
              + ", or a machine with more memory.";
    }
    return new InsufficientMemoryException(
        "Not enough memory outside the Java heap: "
            + what
            + " needs a block of "
            + size(bytes)
            + " beside the "
            + size(total)
            + " in use; "
            + limit,
        bytes,
        false,
        cause);
  }

  private static String orRaise(String limit, long least) {
    return least > machine()
        ? ", or a machine with more than this one's " + size(machine()) + "."
        : ", or raise the limit, to more than "
            + size(least)
            + ", with -Dorg.bytedeco.javacpp."
            + limit
            + "; this machine has "
            + size(machine())
            + ".";
  }

  /**
   * Work that an error of JavaCPP or of the JVM ended, and whose steps are closed; what the thread
   * kept for further ones is freed.
   *
   * @param bytes that it was done on
   * @param what was done
   * @param cause the error
   */
  public static InsufficientMemoryException of(long bytes, String what, OutOfMemoryError cause) {
    KeptMemory.freeNowOrOnClose();
    // JavaCPP throws the JVM's error for its own limits, and says its figures.
    boolean outside = cause.getMessage() != null && cause.getMessage().contains("Bytes");
    return outside ? outsideHeap(bytes, what, cause) : heap(bytes, what, cause);
  }

  /**
   * What the heap does not hold.
   *
   * @param bytes of an array, or of what the work began with
   * @param what it was for
   * @param cause the JVM's error
   */
  static InsufficientMemoryException heap(long bytes, String what, Throwable cause) {
    KeptMemory.freeOnClose();
    Runtime jvm = Runtime.getRuntime();
    return new InsufficientMemoryException(
        "Not enough memory on the Java heap: "
            + what
            + " needs "
            + size(bytes)
            + " or more beside the "
            + size(jvm.totalMemory() - jvm.freeMemory())
            + " in use; the heap's limit is "
            + size(jvm.maxMemory())
            + " (-Xmx). "
            + SMALLER.strip()
            + ", or raise -Xmx; this machine has "
            + size(machine())
            + ". ("
            + cause.getMessage()
            + ")",
        bytes,
        true,
        cause);
  }

  /** As text: {@code 6.1 GB}. */
  static String size(long bytes) {
    return bytes < 1L << 30
        ? String.format(Locale.ROOT, "%.1f MB", bytes / (double) (1L << 20))
        : String.format(Locale.ROOT, "%.1f GB", bytes / (double) (1L << 30));
  }
}
