package io.github.vqvae4j.memory;

import com.sun.management.OperatingSystemMXBean;
import java.lang.management.ManagementFactory;
import java.util.Locale;

/** Formats amounts of memory for messages and for JVM options. */
public final class MemorySize {
  /** Read once: in a container, the JVM reads files for it, which takes a millisecond. */
  private static final long TOTAL = readTotal();

  private static final long MEGABYTE = 1L << 20;

  /** The multiple to which settings are rounded up. */
  private static final long ROUND = 100 * MEGABYTE;

  private MemorySize() {}

  /**
   * Formats an amount of memory for a message.
   *
   * @param bytes the number of bytes
   * @return a text such as {@code 6.1 GB}
   */
  public static String format(long bytes) {
    return bytes < 1L << 30
        ? String.format(Locale.ROOT, "%.1f MB", bytes / (double) MEGABYTE)
        : String.format(Locale.ROOT, "%.1f GB", bytes / (double) (1L << 30));
  }

  /**
   * Formats a sufficient limit as the value of a JVM or JavaCPP option; neither accepts fractions.
   * It is 25% higher than required because neither the heap nor an arena can be filled completely.
   *
   * @param needed the required number of bytes
   * @return a text such as {@code 1500m}
   */
  public static String toJvmOption(long needed) {
    return (needed + needed / 4 + ROUND - 1) / ROUND * (ROUND / MEGABYTE) + "m";
  }

  /**
   * Returns the total memory available to the process, including swap space: that of the container
   * if the process runs in one.
   *
   * @return the size in bytes when it was first asked for
   */
  public static long totalMemory() {
    return TOTAL;
  }

  private static long readTotal() {
    OperatingSystemMXBean machine =
        ManagementFactory.getPlatformMXBean(OperatingSystemMXBean.class);
    return machine.getTotalMemorySize() + machine.getTotalSwapSpaceSize();
  }
}
