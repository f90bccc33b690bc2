package io.github.vqvae4j.benchmarks.report;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;

/** The caches of all processors together. */
public final class Caches {
  /** The system's files about the first processor's; absent outside Linux. */
  private static final Path FOLDER = Path.of("/sys/devices/system/cpu/cpu0/cache");

  private final Map<Integer, Long> kibibytes = new TreeMap<>();

  private Caches() {}

  /**
   * This machine's.
   *
   * @return what can be found out
   * @throws IOException if the system's answer cannot be read
   */
  public static Caches here() throws IOException {
    Caches caches = new Caches();
    if (Files.isDirectory(FOLDER)) {
      try (DirectoryStream<Path> each = Files.newDirectoryStream(FOLDER, "index*")) {
        for (Path cache : each) {
          caches.add(cache);
        }
      }
    }
    return caches;
  }

  private void add(Path cache) throws IOException {
    String size = text(cache, "size");
    if (!text(cache, "type").equals("Instruction") && size.endsWith("K")) {
      int sharing = processorsIn(text(cache, "shared_cpu_list"));
      int copies = Math.max(1, Runtime.getRuntime().availableProcessors() / sharing);
      kibibytes.put(
          Integer.parseInt(text(cache, "level")),
          Long.parseLong(size.substring(0, size.length() - 1)) * copies);
    }
  }

  private static String text(Path cache, String name) throws IOException {
    return Files.readString(cache.resolve(name)).strip();
  }

  /** Such as 0-1,4. */
  private static int processorsIn(String list) {
    int count = 0;
    for (String range : list.split(",")) {
      String[] ends = range.split("-");
      count += Integer.parseInt(ends[ends.length - 1]) - Integer.parseInt(ends[0]) + 1;
    }
    return count;
  }

  /**
   * Where data of some size stays.
   *
   * @param size in kibibytes, on all processors together
   * @return the first cache that holds it, or memory
   */
  public String holding(long size) {
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
