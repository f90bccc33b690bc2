package io.github.vqvae4j.memory;

import com.sun.management.OperatingSystemMXBean;
import java.lang.management.ManagementFactory;
import java.util.Locale;

/** Amounts of memory, as people and as the JVM read them. */
public final class MemorySize {
  private static final OperatingSystemMXBean MACHINE =
      ManagementFactory.getPlatformMXBean(OperatingSystemMXBean.class);

  private static final long MEGABYTE = 1L << 20;

  /** What settings are rounded up to. */
  private static final long ROUND = 100 * MEGABYTE;

  private MemorySize() {}

  /**
   * Formats an amount for a message.
   *
   * @param bytes how much
   * @return such as {@code 6.1 GB}
   */
  public static String text(long bytes) {
    return bytes < 1L << 30
        ? String.format(Locale.ROOT, "%.1f MB", bytes / (double) MEGABYTE)
        : String.format(Locale.ROOT, "%.1f GB", bytes / (double) (1L << 30));
  }

  /**
   * Formats a limit that will likely do as the value of a setting of Java or JavaCPP, neither of
   * which takes fractions. A quarter more than needed, since neither the heap nor an arena can be
   * filled to the last byte.
   *
   * @param needed in bytes
   * @return such as {@code 1500m}
   */
  public static String setting(long needed) {
    return (needed + needed / 4 + ROUND - 1) / ROUND * (ROUND / MEGABYTE) + "m";
  }

  /**
   * Returns what there is to the process, disk included: of the container, if it runs in one.
   *
   * @return in bytes
   */
  public static long ofMachine() {
    return MACHINE.getTotalMemorySize() + MACHINE.getTotalSwapSpaceSize();
  }
}
