package io.github.vqvae4j.benchmarks.memory;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.bytedeco.javacpp.Pointer;
import org.nd4j.linalg.factory.Nd4j;

/**
 * The memory of this process after a garbage collection.
 *
 * @param step after which it was taken
 * @param javacpp bytes that JavaCPP allocated outside the heap
 * @param nd4j bytes that ND4J counts: JavaCPP's and those of its own allocations and workspaces
 * @param resident bytes of the process in the machine's memory; 0 where the system does not say
 */
record Sample(long step, long javacpp, long nd4j, long resident) {
  private static final Path STATUS = Path.of("/proc/self/status");
  private static final int COLLECTIONS = 3;
  private static final long PAUSE = 50;

  static Sample after(long step) {
    try {
      // What the collector found to be garbage is freed by another thread, a little later.
      for (int i = 0; i < COLLECTIONS; i++) {
        System.gc();
        Thread.sleep(PAUSE);
      }
      return new Sample(
          step, Pointer.totalBytes(), Nd4j.getMemoryManager().allocatedMemory(0), residentBytes());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted", e);
    } catch (IOException e) {
      throw new IllegalStateException("cannot read " + STATUS, e);
    }
  }

  boolean hasBytesOf(Sample other) {
    return javacpp == other.javacpp && nd4j == other.nd4j;
  }

  private static long residentBytes() throws IOException {
    if (!Files.exists(STATUS)) {
      return 0;
    }
    return Files.readAllLines(STATUS).stream()
        .filter(line -> line.startsWith("VmRSS:"))
        .mapToLong(line -> 1024 * Long.parseLong(line.replaceAll("\\D", "")))
        .findFirst()
        .orElse(0);
  }
}
