package io.github.vqvae4j.benchmarks.report;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;

/** The total cache sizes of all processors. */
public final class CpuCaches {
  /** Linux's description of the first processor's caches. */
  private static final Path FOLDER = Path.of("/sys/devices/system/cpu/cpu0/cache");

  private final Map<Integer, Long> kibibytes = new TreeMap<>();

  private CpuCaches() {}

  /**
   * Reads the caches of this machine. None are known on systems other than Linux.
   *
   * @return the caches
   * @throws IOException if the system's files cannot be read
   */
  public static CpuCaches current() throws IOException {
    CpuCaches caches = new CpuCaches();
    if (Files.isDirectory(FOLDER)) {
      try (DirectoryStream<Path> folders = Files.newDirectoryStream(FOLDER, "index*")) {
        for (Path cache : folders) {
          caches.add(cache);
        }
      }
    }
    return caches;
  }

  private void add(Path cache) throws IOException {
    String size = text(cache, "size");
    if (!text(cache, "type").equals("Instruction") && size.endsWith("K")) {
      int sharing = processorCount(text(cache, "shared_cpu_list"));
      int copies = Math.max(1, Runtime.getRuntime().availableProcessors() / sharing);
      kibibytes.put(
          Integer.parseInt(text(cache, "level")),
          Long.parseLong(size.substring(0, size.length() - 1)) * copies);
    }
  }

  private static String text(Path cache, String name) throws IOException {
    return Files.readString(cache.resolve(name)).strip();
  }

  /** Counts the processors in a list such as 0-1,4. */
  private static int processorCount(String list) {
    int count = 0;
    for (String range : list.split(",")) {
      String[] ends = range.split("-");
      count += Integer.parseInt(ends[ends.length - 1]) - Integer.parseInt(ends[0]) + 1;
    }
    return count;
  }

  /**
   * Returns the smallest cache that can hold data of the given size.
   *
   * @param size the size in KiB, distributed over all processors
   * @return the cache's name, "memory", or "unknown"
   */
  public String levelFor(long size) {
    for (Map.Entry<Integer, Long> cache : kibibytes.entrySet()) {
      if (size <= cache.getValue()) {
        return "L" + cache.getKey();
      }
    }
    return kibibytes.isEmpty() ? "unknown" : "memory";
  }

  @Override
  public String toString() {
    StringBuilder text = new StringBuilder();
    kibibytes.forEach(
        (level, size) ->
            text.append(text.isEmpty() ? "" : ", ")
                .append('L')
                .append(level)
                .append(' ')
                .append(size)
                .append(" KiB"));
    return text.isEmpty() ? "unknown" : text.toString();
  }
}
