package io.github.vqvae4j.benchmarks.memory;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.bytedeco.javacpp.Pointer;
import org.nd4j.linalg.factory.Nd4j;

/**
 * The memory of this process after a garbage collection.
 *
 * @param step the training step after which the sample was taken
 * @param javacpp the bytes of off-heap memory allocated by JavaCPP
 * @param nd4j the bytes counted by ND4J: JavaCPP's, its own allocations and its workspaces
 * @param resident the resident memory of the process in bytes; 0 if the system does not report it
 */
record Sample(long step, long javacpp, long nd4j, long resident) {
  private static final Path STATUS = Path.of("/proc/self/status");
  private static final int COLLECTIONS = 3;
  private static final long PAUSE_MILLIS = 50;

  static Sample after(long step) {
    try {
      // Another thread frees the memory of collected objects shortly afterwards.
      for (int i = 0; i < COLLECTIONS; i++) {
        System.gc();
        Thread.sleep(PAUSE_MILLIS);
      }
      return new Sample(
          step, Pointer.totalBytes(), Nd4j.getMemoryManager().allocatedMemory(0), residentBytes());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("Interrupted while sampling memory.", e);
    } catch (IOException e) {
      throw new IllegalStateException("Cannot read " + STATUS + ".", e);
    }
  }

  boolean hasSameBytes(Sample other) {
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
