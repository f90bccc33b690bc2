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
 * Reads many damaged files of a kind. Each must end within a second, and without much memory, in a
 * value that can be right or in a {@link BadFileException}.
 *
 * <p>Properties: {@code vqvae4j.fuzz} is how many files of a kind, {@code vqvae4j.fuzz.seed} the
 * seed, {@code vqvae4j.fuzz.index} the only one to read, and {@code vqvae4j.fuzz.kind} a part of
 * the names of the kinds to be read.
 */
public final class Fuzzing {
  private static final int SHORT_RUN = 300;
  private static final long SEED = 20_261_129;

  /** Of the processor, since the machine may be busy with something else. */
  private static final long MOST_NANOS = TimeUnit.SECONDS.toNanos(1);

  private static final long HANGS_MILLIS = TimeUnit.SECONDS.toMillis(60);

  private static final long MOST_BYTES = 64L << 20;

  /** What Deflate makes of a byte at most, as pixels of four floats. */
  private static final long BYTES_OF_A_BYTE = 1032 * 16;

  private static final int MOST_FAULTS = 10;

  private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

  private final FuzzTarget kind;
  private final Path folder;
  private final long seed = Long.getLong("vqvae4j.fuzz.seed", SEED);

  /** By what went wrong and where, the first of each. */
  private final Map<String, String> faults = new LinkedHashMap<>();

  private int values;
  private int refused;
  private volatile long index = -1;

  private Fuzzing(FuzzTarget kind, Path folder) {
    this.kind = kind;
    this.folder = folder;
  }

  /** Those of the kinds whose names contain the property's value; all without it. */
  public static List<FuzzTarget> chosen(List<FuzzTarget> kinds) {
    String part = System.getProperty("vqvae4j.fuzz.kind", "");
    return kinds.stream().filter(kind -> kind.name().contains(part)).toList();
  }

  /**
   * Reads the intact files, then damaged ones.
   *
   * @param kind of file
   * @param folder where files are written; what caused a fault stays in {@code target/fuzz}
   * @throws AssertionError that lists the faults, with seed and index of each
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
    long from = only == null ? 0 : only;
    long to = only == null ? Integer.getInteger("vqvae4j.fuzz", SHORT_RUN) : only + 1;
    Thread reading = new Thread(() -> readAll(from, to), "fuzz " + kind.name());
    reading.setDaemon(true);
    reading.start();
    for (long last = -2; reading.isAlive(); ) {
      reading.join(HANGS_MILLIS);
      if (reading.isAlive() && index == last) {
        StringBuilder where = new StringBuilder();
        for (StackTraceElement frame : reading.getStackTrace()) {
          where.append("\n    at ").append(frame);
        }
        throw new AssertionError("Seed " + seed + ": hangs in index " + index + where);
      }
      last = index;
    }
    System.out.printf(
        "Fuzzing %s, seed %d: %d files, %d refused, %d read as values%n",
        kind.name(), seed, to - from, refused, values);
    if (!faults.isEmpty()) {
      throw new AssertionError(
          kind.name() + ", seed " + seed + ":\n" + String.join("\n", faults.values()));
    }
  }

  private void readAll(long from, long to) {
    try {
      for (long i = from; i < to && faults.size() < MOST_FAULTS; i++) {
        index = i;
        byte[] bytes = kind.repair().apply(Mutator.damaged(kind.intact(), seed, kind.name(), i));
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
      refused++;
      if (e.getMessage().length() > 2_000) {
        fault("a message of " + e.getMessage().length() + " characters", e, bytes);
      }
    } catch (Throwable e) {
      fault(e.toString(), e, bytes);
    }
    nanos = THREADS.getCurrentThreadCpuTime() - nanos;
    allocated = THREADS.getThreadAllocatedBytes(id) - allocated;
    if (nanos > MOST_NANOS) {
      fault("slow: " + nanos / 1_000_000 + " ms", new Throwable("slow"), bytes);
    }
    if (allocated > MOST_BYTES + BYTES_OF_A_BYTE * bytes.length) {
      fault("large: " + (allocated >> 20) + " MB", new Throwable("large"), bytes);
    }
  }

  private void fault(String what, Throwable e, byte[] bytes) throws IOException {
    List<String> frames = new ArrayList<>();
    for (StackTraceElement frame : e.getStackTrace()) {
      if (frames.size() < 6) {
        frames.add("\n    at " + frame);
      }
    }
    String key = e.getClass() + (frames.isEmpty() ? "" : frames.get(0));
    if (!faults.containsKey(key)) {
      Path kept = Path.of("target", "fuzz", kind.name().replaceAll("\\W+", "-") + "-" + index);
      Files.createDirectories(kept.getParent());
      Files.write(kept, bytes);
      faults.put(
          key,
          "  index "
              + index
              + ", "
              + bytes.length
              + " bytes in "
              + kept.toAbsolutePath()
              + ": "
              + (what.length() > 500 ? what.substring(0, 500) + ".." : what)
              + String.join("", frames));
    }
  }
}
