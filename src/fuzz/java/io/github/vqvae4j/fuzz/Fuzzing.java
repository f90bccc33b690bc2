package io.github.vqvae4j.fuzz;

import com.sun.management.ThreadMXBean;
import io.github.vqvae4j.io.BadFileException;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * Reads many corrupted files of a format. Each must result in a possible value or in a {@link
 * BadFileException}, within a second and with limited memory.
 *
 * <p>System properties: {@code vqvae4j.fuzz} is the number of files per format, {@code
 * vqvae4j.fuzz.seed} the seed, {@code vqvae4j.fuzz.index} the index of a single file to read, and
 * {@code vqvae4j.fuzz.kind} a substring of the names of the formats to read.
 */
public final class Fuzzing {
  private static final int SHORT_RUN = 300;
  private static final long SEED = 20_261_129;

  /** The limit of CPU time, as the machine may be busy. */
  private static final long MAX_NANOS = TimeUnit.SECONDS.toNanos(1);

  private static final long HANG_MILLIS = TimeUnit.SECONDS.toMillis(60);

  private static final long MAX_BYTES = 64L << 20;

  /** The maximum expansion by Deflate, for pixels of four floats. */
  private static final long BYTES_PER_BYTE = 1032 * 16;

  private static final int MAX_FAULTS = 10;

  private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

  private final FuzzTarget kind;
  private final Path folder;
  private final long seed = Long.getLong("vqvae4j.fuzz.seed", SEED);

  /** The first fault of each exception type and stack frame. */
  private final Map<String, String> faults = new LinkedHashMap<>();

  private int values;
  private int rejected;
  private volatile long index = -1;

  private Fuzzing(FuzzTarget kind, Path folder) {
    this.kind = kind;
    this.folder = folder;
  }

  /** Returns the formats whose names contain the value of the property, or all if it is not set. */
  public static List<FuzzTarget> chosen(List<FuzzTarget> kinds) {
    String part = System.getProperty("vqvae4j.fuzz.kind", "");
    return kinds.stream().filter(kind -> kind.name().contains(part)).toList();
  }

  /**
   * Reads the intact files and then corrupted ones.
   *
   * @param kind the format
   * @param folder the folder for files; those that cause a fault are copied to {@code target/fuzz}
   * @throws AssertionError if there are faults; lists them with seed and index
   */
  public static void run(FuzzTarget kind, Path folder) throws IOException, InterruptedException {
    new Fuzzing(kind, folder).run();
  }

  private void run() throws IOException, InterruptedException {
    for (int i = 0; i < kind.intact().size(); i++) {
      byte[] bytes = kind.repair().apply(kind.intact().get(i).clone());
      try {
        kind.reader().read(Files.write(folder.resolve(kind.fileName()), bytes));
      } catch (BadFileException e) {
        if (i == 0) {
          throw e;
        }
      }
    }
    Long only = Long.getLong("vqvae4j.fuzz.index");
    long start = only == null ? 0 : only;
    long end = only == null ? Integer.getInteger("vqvae4j.fuzz", SHORT_RUN) : only + 1;
    Thread reader = new Thread(() -> readAll(start, end), "fuzz " + kind.name());
    reader.setDaemon(true);
    reader.start();
    for (long last = -2; reader.isAlive(); ) {
      reader.join(HANG_MILLIS);
      if (reader.isAlive() && index == last) {
        StringBuilder stack = new StringBuilder();
        for (StackTraceElement frame : reader.getStackTrace()) {
          stack.append("\n    at ").append(frame);
        }
        throw new AssertionError("Seed " + seed + ": hangs in index " + index + stack);
      }
      last = index;
    }
    System.out.printf(
        "Fuzzing %s, seed %d: %d files, %d rejected, %d read as values%n",
        kind.name(), seed, end - start, rejected, values);
    if (!faults.isEmpty()) {
      throw new AssertionError(
          kind.name() + ", seed " + seed + ":\n" + String.join("\n", faults.values()));
    }
  }

  private void readAll(long start, long end) {
    try {
      for (long i = start; i < end && faults.size() < MAX_FAULTS; i++) {
        index = i;
        byte[] bytes = kind.repair().apply(Mutator.corrupt(kind.intact(), seed, kind.name(), i));
        readOne(Files.write(folder.resolve(kind.fileName()), bytes), bytes);
      }
    } catch (Throwable e) {
      faults.put("the test", "  index " + index + ": the test itself failed with " + e);
    }
  }

  private void readOne(Path file, byte[] bytes) throws IOException {
    long id = Thread.currentThread().getId();
    long allocated = THREADS.getThreadAllocatedBytes(id);
    long nanos = THREADS.getCurrentThreadCpuTime();
    try {
      kind.reader().read(file);
      values++;
    } catch (BadFileException e) {
      rejected++;
      if (e.getMessage().length() > 2_000) {
        fault("a message of " + e.getMessage().length() + " characters", e, bytes);
      }
    } catch (Throwable e) {
      fault(e.toString(), e, bytes);
    }
    nanos = THREADS.getCurrentThreadCpuTime() - nanos;
    allocated = THREADS.getThreadAllocatedBytes(id) - allocated;
    if (nanos > MAX_NANOS) {
      fault("slow: " + nanos / 1_000_000 + " ms", new Throwable("slow"), bytes);
    }
    if (allocated > MAX_BYTES + BYTES_PER_BYTE * bytes.length) {
      fault("large: " + (allocated >> 20) + " MB", new Throwable("large"), bytes);
    }
  }

  private void fault(String problem, Throwable e, byte[] bytes) throws IOException {
    List<String> frames = new ArrayList<>();
    for (StackTraceElement frame : e.getStackTrace()) {
      if (frames.size() < 6) {
        frames.add("\n    at " + frame);
      }
    }
    String key = e.getClass() + (frames.isEmpty() ? "" : frames.get(0));
    if (!faults.containsKey(key)) {
      Path copy = Path.of("target", "fuzz", kind.name().replaceAll("\\W+", "-") + "-" + index);
      Files.createDirectories(copy.getParent());
      Files.write(copy, bytes);
      faults.put(
          key,
          "  index "
              + index
              + ", "
              + bytes.length
              + " bytes in "
              + copy.toAbsolutePath()
              + ": "
              + (problem.length() > 500 ? problem.substring(0, 500) + ".." : problem)
              + String.join("", frames));
    }
  }
}
