package io.github.vqvae4j.tensor.internal;

import io.github.vqvae4j.memory.HeapMemory;
import io.github.vqvae4j.memory.InsufficientMemoryException;
import io.github.vqvae4j.memory.MemorySize;
import org.bytedeco.javacpp.Pointer;

/** The limits of memory, and what is said where one is reached. */
public final class MemoryLimits {
  private static final String SMALLER =
      "Use smaller images or crops, fewer at a time, or a model with fewer channels, or ";

  private static final String MAX_BYTES = "org.bytedeco.javacpp.maxBytes";
  private static final String PHYSICAL_BYTES = "org.bytedeco.javacpp.maxPhysicalBytes";

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
    if (never || bytes > MemorySize.ofMachine() - Pointer.physicalBytes()) {
      throw outsideHeap(bytes, what, null);
    }
  }

  /**
   * A block outside the heap that is not to be had.
   *
   * @param bytes of the block
   * @param what it was for
   * @param cause JavaCPP's error, or null
   */
  static InsufficientMemoryException outsideHeap(long bytes, String what, Throwable cause) {
    freeKept();
    long total = Pointer.totalBytes();
    long process = Pointer.physicalBytes();
    String limit;
    if (Pointer.maxBytes() > 0 && bytes > Pointer.maxBytes() - total) {
      limit =
          "JavaCPP's limit is "
              + MemorySize.text(Pointer.maxBytes())
              + " (maxBytes; as much as -Xmx unless set).";
    } else if (Pointer.maxPhysicalBytes() > 0 && bytes > Pointer.maxPhysicalBytes() - process) {
      limit =
          "the limit of the process, which has "
              + MemorySize.text(process)
              + ", is "
              + MemorySize.text(Pointer.maxPhysicalBytes())
              + " (maxPhysicalBytes; maxBytes and three times -Xmx unless set).";
    } else {
      limit =
          "the process has "
              + MemorySize.text(process)
              + " of the machine's "
              + MemorySize.text(MemorySize.ofMachine())
              + ".";
    }
    return new InsufficientMemoryException(
        "Not enough memory outside the Java heap: "
            + what
            + " needs a block of "
            + MemorySize.text(bytes)
            + " beside the "
            + MemorySize.text(total)
            + " in use; "
            + limit,
        advice(total + bytes),
        bytes,
        false,
        cause);
  }

  /**
   * What to do so that memory outside the heap suffices.
   *
   * @param least how much of it
   */
  public static String advice(long least) {
    long beside = Math.max(0, Pointer.physicalBytes() - Pointer.totalBytes());
    long machine = MemorySize.ofMachine();
    long most = Pointer.maxBytes();
    long mostOfProcess = Pointer.maxPhysicalBytes();
    String settings = "";
    if (most > 0 && most < least + least / 4) {
      settings = " -D" + MAX_BYTES + "=" + MemorySize.setting(least);
    }
    // Unless it is set, it grows with maxBytes.
    boolean set = most <= 0 || System.getProperty(PHYSICAL_BYTES) != null;
    if (set && mostOfProcess > 0 && mostOfProcess < beside + least + least / 4) {
      settings += " -D" + PHYSICAL_BYTES + "=" + MemorySize.setting(beside + least);
    }
    if (settings.isEmpty() && most > 0) {
      // That was not enough this time: blocks that were freed may still be the process's.
      settings = " -D" + MAX_BYTES + "=" + MemorySize.setting(most);
    }
    return SMALLER
        + (least + beside > machine || settings.isEmpty()
            ? "a machine with more than this one's " + MemorySize.text(machine) + "."
            : "raise the limit, for example with"
                + settings
                + "; this machine has "
                + MemorySize.text(machine)
                + ".");
  }

  /**
   * Has all that this thread keeps outside the heap freed, as soon as none of its steps is open.
   */
  public static void freeKept() {
    KeptMemory.freeOnClose();
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
    freeKept();
    return HeapMemory.insufficient(what, MemorySize.text(bytes) + " or more", bytes, cause);
  }
}
