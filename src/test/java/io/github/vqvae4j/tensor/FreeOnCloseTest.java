package io.github.vqvae4j.tensor;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.vqvae4j.memory.InsufficientMemoryException;
import java.util.Arrays;
import java.util.concurrent.Callable;
import java.util.concurrent.FutureTask;
import org.bytedeco.javacpp.Pointer;
import org.junit.jupiter.api.Test;

/** Tests the retention of memory between steps, and {@link Step#freeOnClose}. */
class FreeOnCloseTest {
  private static final int LARGE = 128 << 20;

  /** Runs a task in a new thread, which retains no memory yet. */
  private static <T> T inNewThread(Callable<T> task) throws Exception {
    FutureTask<T> future = new FutureTask<>(task);
    new Thread(future).start();
    return future.get();
  }

  private static long largeStep(boolean free) {
    try (Step step = Step.inference()) {
      if (free) {
        step.freeOnClose();
      }
      step.tensor(new float[LARGE / Float.BYTES], LARGE / Float.BYTES);
      assertEquals(LARGE, step.bytes());
    }
    return Pointer.totalBytes();
  }

  @Test
  void memoryIsRetainedOrFreedOnClose() throws Exception {
    // Memory that earlier tests left to the garbage collector has been freed, or is small.
    System.gc();
    Thread.sleep(200);
    long[] bytes =
        inNewThread(() -> new long[] {Pointer.totalBytes(), largeStep(false), largeStep(true)});
    assertTrue(bytes[1] > bytes[0] + LARGE / 2, () -> "not retained: " + Arrays.toString(bytes));
    assertTrue(bytes[2] < bytes[1] - LARGE / 2, () -> "not freed: " + Arrays.toString(bytes));
  }

  @Test
  void memoryIsFreedOnOutOfMemory() throws Exception {
    System.gc();
    Thread.sleep(200);
    long[] bytes =
        inNewThread(
            () -> {
              long stored = largeStep(false);
              assertThrows(
                  InsufficientMemoryException.class,
                  () ->
                      MemoryGuard.run(
                          "a test",
                          1,
                          () -> {
                            throw new OutOfMemoryError("Java heap space");
                          }));
              return new long[] {stored, Pointer.totalBytes()};
            });
    assertTrue(bytes[1] <= bytes[0] - LARGE, () -> "not freed: " + Arrays.toString(bytes));
  }

  @Test
  void openStepsKeepTheirMemory() throws Exception {
    float[] values = {1, 2, 3};
    inNewThread(
        () -> {
          try (Step outer = Step.inference()) {
            Tensor x = outer.tensor(values, 3);
            largeStep(true);
            assertArrayEquals(values, x.toFloats());
            assertArrayEquals(new float[] {2, 4, 6}, x.add(x).toFloats());
          }
          return null;
        });
  }
}
